"""Nothing that a comparator learns depends on the labels of test cases: byte for byte."""

from __future__ import annotations

import pandas as pd
import pytest
from small_cohort import write_cohort

from radnec.comparators.catalogue import COMPARATORS, READS
from radnec.comparators.fit import Sources, fit_comparator
from radnec.comparators.gao2d import train_gao2d
from radnec.comparators.inner import inner_predictions
from radnec.comparators.settings import ComparatorsSettings, Gao2dSettings
from radnec.training.settings import TrainingSettings

SETTINGS = ComparatorsSettings.from_mapping(
    {"clinical": ["sex"], "radiomics": {"most": [1, 2]}, "penalties": [0.1, 1.0]}
)
NOTICE = "Research use only."


def run(comparator, files, outdir):
    outdir.mkdir()
    shared = {"inputs": "t1ce", "sequences": ("t1ce",), "fold": "holdout", "seed": 1}
    shared |= {"split": files["split"], "packed_cases": files["cases"], "notice": NOTICE}
    if comparator == "gao2d":
        train_gao2d(
            **shared,
            packed={"t1ce": files["packed"]},
            normalised=files["packed"].parent / "normalised",
            lesions=files["packed"].parent / "lesion",
            settings=Gao2dSettings(epochs=2, slices=3),
            device="cpu",
            threads=1,
            outdir=outdir,
        )
        return
    reads = READS[comparator]
    sources = Sources(
        clinical=files["clinical"] if reads.clinical else None,
        scanner=files["scanner"] if reads.scanner else None,
        radiomics=files["radiomics"] if reads.radiomics else None,
        encoder=(files["encoder"],) if reads.encoder else (),
        network=files["network"] if reads.network else None,
        inner=files["inner"] if reads.network else None,
    )
    fit_comparator(
        comparator=comparator, sources=sources, settings=SETTINGS, outdir=outdir, **shared
    )


@pytest.mark.parametrize("comparator", COMPARATORS)
def test_labels_of_test_cases_reach_nothing(comparator, tmp_path):
    for name, swapped in (("as_is", False), ("swapped", True)):
        volumes = comparator == "gao2d"
        files = write_cohort(tmp_path / f"{name}_files", swapped=swapped, volumes=volumes)
        run(comparator, files, tmp_path / name)
    learned = sorted(path.name for path in (tmp_path / "as_is").iterdir())
    assert {"model.json", "predictions.tsv"} <= set(learned)
    for name in learned:
        if name != "predictions.tsv":
            one, other = ((tmp_path / k / name).read_bytes() for k in ("as_is", "swapped"))
            assert one == other, name
    one, other = (
        pd.read_csv(tmp_path / k / "predictions.tsv", sep="\t", dtype=str)
        for k in ("as_is", "swapped")
    )
    tested = one["set"] == "test"
    assert one[~tested].equals(other[~tested])
    assert one.drop(columns="label").equals(other.drop(columns="label"))
    assert (one.loc[tested, "label"] != other.loc[tested, "label"]).all()
    columns = ["case", "label", "fold", "seed", "set", "p_necrosis", "p_recurrence", "predicted"]
    assert list(one.columns) == columns


def test_labels_of_training_cases_do_reach_it(tmp_path):
    """The test above can fail: a label of a training case changes what is learned."""
    files = write_cohort(tmp_path / "files")
    run("clinical", files, tmp_path / "as_is")
    split = pd.read_csv(files["split"], sep="\t")
    split.loc[0, "label"] = "recurrence"
    split.to_csv(files["split"], sep="\t", index=False)
    run("clinical", files, tmp_path / "other")
    one, other = ((tmp_path / k / "model.json").read_bytes() for k in ("as_is", "other"))
    assert one != other


def test_inner_networks_see_neither_test_cases_nor_the_case_they_answer_for(tmp_path):
    shared = {"backbone": "toy_encoder:tiny", "sequences": ["t1ce"], "fold": "holdout", "seed": 1}
    for name, swapped in (("as_is", False), ("swapped", True)):
        files = write_cohort(tmp_path / f"{name}_files", swapped=swapped, volumes=True)
        inner_predictions(
            **shared,
            folds=2,
            split=files["split"],
            packed_cases=files["cases"],
            packed={"t1ce": files["packed"]},
            settings=TrainingSettings(epochs=1, learning_rate=1e-3),
            spacing=None,
            device="cpu",
            threads=1,
            checkpoints=tmp_path / f"{name}_checkpoints",
            output=tmp_path / f"{name}.tsv",
        )
    assert (tmp_path / "as_is.tsv").read_bytes() == (tmp_path / "swapped.tsv").read_bytes()
    table = pd.read_csv(tmp_path / "as_is.tsv", sep="\t")
    split = pd.read_csv(files["split"], sep="\t")
    assert sorted(table["case"]) == sorted(split.loc[split["set"] == "train", "case"])
    assert sorted(table["part"].unique()) == [1, 2]
