from __future__ import annotations

import numpy as np
import pandas as pd
from evaluate_helpers import SETTINGS, rows

from radnec.evaluate.comparisons.pairs import comparison_table, pairs_of
from radnec.evaluate.models.model import measure_model
from radnec.evaluate.models.predictions import pool

LABELS = ["necrosis", "recurrence"] * 10


def model(backbone, input_set, sequences, seed):
    p = np.random.default_rng(seed).uniform(size=20)
    pooled = pool(rows(LABELS, p), {f"P{k:03d}": f"P{k:03d}" for k in range(20)})
    return measure_model(backbone, input_set, sequences, pooled, SETTINGS, seed=1)


MODELS = [
    model("resnet10", "t1ce", ("t1ce",), 1),
    model("resnet10", "fused", ("t1", "t1ce"), 2),
    model("gao2d", "fused", ("t1", "t1ce"), 3),
    model("clinical", "no-images", (), 4),
    model("scanner", "no-images", (), 5),
]


def test_every_question_once():
    named = [
        (family, f"{one.backbone}/{one.input_set}", f"{two.backbone}/{two.input_set}")
        for family, one, two in pairs_of(MODELS)
    ]
    assert named == [
        ("backbones", "resnet10/fused", "gao2d/fused"),
        ("backbones", "clinical/no-images", "scanner/no-images"),
        ("inputs", "resnet10/t1ce", "resnet10/fused"),
        *(
            ("images", image, other)
            for image in ("resnet10/t1ce", "resnet10/fused", "gao2d/fused")
            for other in ("clinical/no-images", "scanner/no-images")
        ),
    ]


def test_models_without_images_are_named_so_for_people():
    assert [one.scans for one in MODELS] == ["t1ce", "t1, t1ce", "t1, t1ce", "none", "none"]


def test_holm_counts_within_a_family():
    table = comparison_table(MODELS, 0.95, cross_validated=False)
    assert table.groupby("family").size().to_dict() == {"backbones": 2, "images": 6, "inputs": 1}
    only = table[table["family"] == "inputs"].iloc[0]
    assert only["delong_holm_p"] == only["delong_p"]
    images = table[table["family"] == "images"].sort_values("delong_p")
    smallest = images.iloc[0]
    assert smallest["delong_holm_p"] == min(1, 6 * smallest["delong_p"])
    assert not pd.isna(images["auc_difference"]).any()
