"""Learning curves and the tests of the maps as figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from radnec.core.errors import InputError
from radnec.figures.explanation import draw_explanation_tests
from radnec.figures.training import draw_training


def text_of(svg: Path) -> str:
    lines = [line.strip() for line in svg.read_text().splitlines()]
    return " ".join(line[5:-4] for line in lines if line.startswith("<!-- "))


def history(path: Path, level: float, validation: bool) -> Path:
    epochs = np.arange(1, 11)
    table = pd.DataFrame({"epoch": epochs, "learning_rate": 1e-3, "train_loss": level / epochs})
    table["validation_loss"] = level if validation else np.nan
    table["validation_auc"] = np.nan
    table.to_csv(path, sep="\t", index=False)
    return path


def test_learning_curves(tmp_path: Path, saved: list[Figure]) -> None:
    histories = {
        "resnet10/fused/r0f0_seed1": history(tmp_path / "a.tsv", 1.0, False),
        "resnet10/fused/r0f1_seed1": history(tmp_path / "b.tsv", 3.0, False),
        "resnet10/t1/r0f0_seed1": history(tmp_path / "c.tsv", 0.5, False),
        "vgg11/t1/r0f0_seed1": history(tmp_path / "d.tsv", 0.5, True),
    }
    draw_training(histories=histories, notice="Phantom.", output=tmp_path / "curves", dpi=60)
    text = text_of(tmp_path / "curves.svg")
    for word in ("resnet10", "vgg11", "epoch", "loss", "Phantom."):
        assert word in text
    first, second, *_ = saved[0].axes
    lines = {line.get_label(): np.asarray(line.get_ydata()) for line in first.get_lines()}
    np.testing.assert_allclose(lines["fused"], 2.0 / np.arange(1, 11))  # the mean of 1 and 3
    assert len(first.collections) == 1  # the range of the two folds
    assert {line.get_label() for line in second.get_lines()} == {"t1", "t1, validation"}


def test_history_without_losses_is_refused(tmp_path: Path) -> None:
    (tmp_path / "h.tsv").write_text("epoch\n1\n")
    with pytest.raises(InputError, match=r"h\.tsv: no column train_loss, validation_loss"):
        draw_training(histories={"a/b/c": tmp_path / "h.tsv"}, notice="", output=tmp_path / "x")


def results_folder(folder: Path, lesions: bool) -> Path:
    metrics = [("zero maps", "cases without a map", "all", 4, 0.0, 0.0, 0.5, np.nan, np.nan)]
    if lesions:
        metrics += [
            (
                "pointing game",
                "peak in the lesion with oedema",
                "all",
                4,
                0.75,
                0.3,
                0.95,
                0.1,
                0.01,
            ),
            (
                "energy",
                "share of the map in the brain that lies in the lesion with oedema",
                "all",
                4,
                0.4,
                0.3,
                0.5,
                0.1,
                0.1,
            ),
        ]
    names = ["test", "measure", "group", "n", "value", "lower", "upper", "chance", "p"]
    pd.DataFrame(metrics, columns=names).to_csv(folder / "metrics.tsv", sep="\t", index=False)
    rows = [
        (case, direction, kind, fraction, 0.5 + 0.1 * index * fraction)
        for index, case in enumerate("abc")
        for direction in ("insertion", "deletion")
        for kind in ("own", "foreign")
        for fraction in (0.0, 0.5, 1.0)
    ]
    pd.DataFrame(rows, columns=["case", "direction", "map", "fraction", "probability"]).to_csv(
        folder / "curves.tsv", sep="\t", index=False
    )
    pd.DataFrame(
        [(case, share, 1 - share) for case in "abc" for share in (0.0, 0.5, 1.0)],
        columns=["case", "share", "similarity"],
    ).to_csv(folder / "randomisation.tsv", sep="\t", index=False)
    return folder


def test_tests_of_the_maps(tmp_path: Path) -> None:
    for lesions, word in ((True, "peak in lesion"), (False, "no lesion masks")):
        draw_explanation_tests(
            tests=results_folder(tmp_path, lesions), notice="", output=tmp_path / "f", dpi=60
        )
        text = text_of(tmp_path / "f.svg")
        assert word in text
        assert "rank correlation" in text
    first = (tmp_path / "f.svg").read_bytes()
    draw_explanation_tests(tests=tmp_path, notice="", output=tmp_path / "f", dpi=60)
    assert (tmp_path / "f.svg").read_bytes() == first
