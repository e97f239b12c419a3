"""A study's networks, asked about a cohort of elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from measured_cases import measured_case, write_measured
from trained_study import SIZE, write_study

from radnec.apply.external import predict_external
from radnec.apply.known import find_model
from radnec.apply.model import load_model
from radnec.core.errors import InputError
from radnec.core.files import write_checksum

SEQUENCES = ("t1", "t1ce", "t2")
BACKBONE = "resnet10"
LABELS = {"E0": "necrosis", "E1": "recurrence", "E2": "necrosis"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "study"
    return write_study(folder, backbone=BACKBONE, networks=2)


def cohort_of(folder, labels, size=SIZE):
    """Three prepared cases, of which the cohort excludes none, and one that it does."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    rows = [(case, label, f"P{case}", "included", "", "") for case, label in labels.items()]
    rows.append(("E9", "necrosis", "PE9", "excluded", "select", "missing sequence: t2"))
    columns = ["case", "label", "patient", "status", "stage", "reason"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "cases.tsv", sep="\t", index=False)
    packed = {"row": range(len(labels)), "case": labels.keys(), "label": labels.values()}
    pd.DataFrame(packed).to_csv(folder / "packed.tsv", sep="\t", index=False)
    arrays = {}
    for name in SEQUENCES:
        arrays[name] = rng.random((len(labels), *size)).astype(np.float16)
        np.save(folder / f"{name}.npy", arrays[name])
        write_checksum(folder / f"{name}.npy")
    measures = write_measured(folder / "measures", [measured_case(c, rng) for c in [*labels]])
    return arrays, measures


def predict(folder, study, measures):
    predict_external(
        networks=sorted((study / "models" / BACKBONE / "fused").iterdir()),
        study=study,
        model=f"{BACKBONE}/fused",
        cohort=folder / "cases.tsv",
        packed_cases=folder / "packed.tsv",
        packed={name: folder / f"{name}.npy" for name in SEQUENCES},
        measures=measures,
        device="cpu",
        threads=1,
        notice="physics phantom",
        predictions=folder / "predictions.tsv",
        likeness=folder / "likeness.tsv",
    )
    return (folder / "predictions.tsv").read_text()


def test_the_probability_is_the_mean_of_what_the_networks_say_themselves(study, tmp_path):
    """Against torch's softmax of each network's own logits."""
    folder = tmp_path / "cohort"
    arrays, measures = cohort_of(folder, LABELS)
    predict(folder, study, measures)
    table = pd.read_csv(folder / "predictions.tsv", sep="\t").set_index("case")
    model = load_model(find_model(study, None), device="cpu", threads=1)
    networks, order = model.networks.values(), model.sequences
    for row, case in enumerate(LABELS):
        volume = torch.from_numpy(np.stack([arrays[name][row] for name in order])[None]).float()
        with torch.no_grad():
            each = [float(network(volume).double().softmax(dim=1)[0, 1]) for network in networks]
        found = table.loc[case]
        assert found["p_necrosis"] == pytest.approx(np.mean(each), abs=1e-5)
        assert found["lowest"] == pytest.approx(min(each), abs=1e-5)
        assert found["highest"] == pytest.approx(max(each), abs=1e-5)
        assert found["predicted"] == ("necrosis" if np.mean(each) > 0.5 else "recurrence")
    assert list(table.index) == ["E0", "E1", "E2"] and set(table["networks"]) == {2}
    assert dict(table["label"]) == LABELS and table["patient"]["E1"] == "PE1"


def test_labels_change_no_probability(study, tmp_path):
    """What is never used to choose anything: other labels, the same bytes but for the label."""
    other = dict.fromkeys(LABELS, "recurrence")
    said = []
    for name, labels in (("as", LABELS), ("other", other)):
        _, measures = cohort_of(tmp_path / name, labels)
        text = predict(tmp_path / name, study, measures)
        said.append([line.split("\t")[3:] for line in text.splitlines()])
    assert said[0] == said[1]


def test_volumes_of_another_size_are_refused(study, tmp_path):
    _, measures = cohort_of(tmp_path / "cohort", LABELS, size=(16, 32, 32))
    with pytest.raises(InputError, match=r"16, 32, 32.*expected \[32, 32, 32\]"):
        predict(tmp_path / "cohort", study, measures)
