"""The tests of the maps as tables, with maps whose quality is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from radnec.core.tables import read_tsv
from radnec.explain.evaluate import evaluate_maps, spread
from radnec.explain.metrics import mean_interval, mean_over_cases, paired_p_value, rate_interval
from radnec.explain.probe import SIMULATED
from radnec.explain.spaces import SUMMARY, mask_on_grid, write_map

from .conftest import Study, settings
from .test_run import explain


def evaluate(study: Study, maps: Path, outdir: Path, lesions: dict[str, Path]) -> pd.DataFrame:
    evaluate_maps(
        model=study.model,
        maps=maps,
        packed_cases=study.cases,
        packed=study.packed,
        brains=study.brains,
        lesions=lesions,
        parts=SIMULATED,
        settings=settings(),
        seed=5,
        device="cpu",
        threads=1,
        cohort="physics phantom",
        outdir=outdir,
    )
    return read_tsv(outdir / "metrics.tsv")


def pick(metrics: pd.DataFrame, test: str, measure: str, group: str = "all") -> pd.Series:
    rows = metrics[
        (metrics["test"] == test) & (metrics["measure"] == measure) & (metrics["group"] == group)
    ]
    assert len(rows) == 1, (test, measure)
    return rows.iloc[0]


def test_perfect_maps_score_perfectly_and_swapped_ones_do_not(study: Study, tmp_path: Path) -> None:
    """The network's own maps are replaced by the lesion itself: what a perfect map is."""
    maps = tmp_path / "maps"
    summary = explain(study, maps).set_index("case", drop=False)
    for case in summary.index:
        lesion = mask_on_grid(study.lesions[case], maps / f"{case}.nii.gz")
        write_map(lesion.astype(np.float32), maps / f"{case}.nii.gz", maps / f"{case}.nii.gz")
    metrics = evaluate(study, maps, tmp_path / "out", study.lesions)
    pointing = pick(metrics, "pointing game", "peak in the enhancing part and core")
    assert pointing["value"] == 1.0
    assert pointing["n"] == 4
    assert pointing["upper"] == pytest.approx(1.0)
    low, _ = stats.binomtest(4, 4).proportion_ci(method="wilson")
    assert pointing["lower"] == pytest.approx(low, abs=1e-5)
    brain = mask_on_grid(study.brains / "case2" / "mask.nii.gz", maps / "case2.nii.gz")
    chance = np.mean(
        [
            mask_on_grid(study.lesions[c], maps / f"{c}.nii.gz").sum() / brain.sum()
            for c in summary.index
        ]
    )
    assert pointing["chance"] == pytest.approx(chance, rel=1e-6)
    assert pointing["p"] < 1e-4
    energy = pick(
        metrics, "energy", "share of the map in the brain that lies in the lesion with oedema"
    )
    assert energy["value"] == pytest.approx(1.0)
    others = pick(metrics, "pointing game", "peak of other cases' maps in the lesion with oedema")
    assert others["value"] < 0.7
    assert pick(metrics, "zero maps", "cases without a map", "necrosis")["value"] == 0
    assert set(metrics["cohort"]) == {"physics phantom"}


def test_tables_of_single_cases(study: Study, tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    explain(study, maps)
    metrics = evaluate(study, maps, tmp_path / "out", {})
    assert "pointing game" not in set(metrics["test"])
    curves = read_tsv(tmp_path / "out" / "curves.tsv")
    assert set(curves["case"]) == {"case2", "case5"}  # two of four, evenly taken
    assert len(curves) == 2 * 2 * 2 * 5
    one = curves[
        (curves["case"] == "case2") & (curves["direction"] == "deletion") & (curves["map"] == "own")
    ]
    area = np.trapezoid(one["probability"], one["fraction"])
    assert one["area"].iloc[0] == pytest.approx(area)
    randomised = read_tsv(tmp_path / "out" / "randomisation.tsv")
    assert list(randomised["share"].unique()) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert (tmp_path / "out" / "lesions.tsv").read_text().count("\n") == 1  # the header
    gain = pick(metrics, "deletion", "gain over another case's map")
    wide = curves.drop_duplicates(["case", "direction", "map"]).query("direction == 'deletion'")
    own = wide[wide["map"] == "own"]["area"].mean()
    foreign = wide[wide["map"] == "foreign"]["area"].mean()
    assert gain["value"] == pytest.approx(foreign - own, abs=1e-6)


def test_zero_map_is_a_miss_and_left_out_of_the_rest(study: Study, tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    summary = explain(study, maps)
    like = maps / "case2.nii.gz"
    write_map(np.zeros((36, 34, 32)), like, like)
    summary.loc[0, "zero"] = "yes"
    summary.loc[0, ["peak_x", "peak_y", "peak_z"]] = np.nan
    summary.to_csv(maps / SUMMARY, sep="\t", index=False)
    metrics = evaluate(study, maps, tmp_path / "out", study.lesions)
    assert pick(metrics, "zero maps", "cases without a map")["value"] == pytest.approx(0.25)
    assert (
        pick(
            metrics, "energy", "share of the map in the brain that lies in the lesion with oedema"
        )["n"]
        == 3
    )
    lesions = read_tsv(tmp_path / "out" / "lesions.tsv")
    assert not lesions.loc[lesions["case"] == "case2", "hit"].any()
    assert "case2" not in set(read_tsv(tmp_path / "out" / "curves.tsv")["case"])


def test_evenly_taken_cases() -> None:
    assert spread(list("abcdefg"), 3) == ["a", "d", "g"]
    assert spread(list("abc"), 5) == ["a", "b", "c"]
    assert spread(list("abc"), 1) == ["a"]


def test_intervals() -> None:
    values = np.random.default_rng(1).normal(3, 1, 40)
    value, low, high = mean_interval(values, seed=1)
    half = stats.t.ppf(0.975, 39) * values.std(ddof=1) / np.sqrt(40)
    assert value == pytest.approx(values.mean())
    assert low == pytest.approx(values.mean() - half, abs=0.1)
    assert high == pytest.approx(values.mean() + half, abs=0.1)
    assert np.isnan(mean_interval([2.0], seed=1)[1])
    assert mean_interval([2.0, 2.0], seed=1) == (2.0, 2.0, 2.0)
    assert np.isnan(rate_interval(0, 0)[0])
    assert paired_p_value([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2 / 32)  # all of 2^5 signs
    assert np.isnan(paired_p_value([0.0, 0.0]))


def test_the_mean_at_each_step_is_that_of_its_cases_in_any_order() -> None:
    table = pd.DataFrame(
        {
            "case": ["a", "b", "c", "a", "b", "c"],
            "share": [0.5, 0.5, 0.5, 0.0, 0.0, 0.0],
            "similarity": [0.1, 0.2, 0.6, 1.0, 1.0, 1.0],
        }
    )
    means = mean_over_cases(table, by="share", of="similarity")
    assert means["share"].tolist() == [0.0, 0.5]
    assert means["mean"].tolist() == pytest.approx([1.0, 0.3])
    assert means.loc[0, ["lower", "upper"]].tolist() == [1.0, 1.0]
    # The mean of three cases drawn with replacement lies between the lowest and the highest; one
    # in 27 draws is all lowest, so the 2.5 % limit is that.
    assert means.loc[1, "lower"] == pytest.approx(0.1)
    assert means.loc[1, "upper"] == pytest.approx(0.6)
    shuffled = mean_over_cases(table[::-1], by="share", of="similarity")
    pd.testing.assert_frame_equal(means, shuffled)
