"""An answer as `radnec predict` makes it, for tests of what is written from it."""

from __future__ import annotations

from typing import Any

DOUBT: dict[str, Any] = {
    "spread": {"lowest": 0.5, "highest": 0.75, "sd": 0.1768, "networks": 2},
    "recalibrated": {
        "p_necrosis": 0.31, "method": "logistic", "share": 0.2, "share_is": "as given",
    },
    "set": {
        "call": "undecided",
        "members": ["recurrence", "necrosis"],
        "confidence": 0.9,
        "p_values": {"recurrence": 0.2, "necrosis": 0.3},
        "never_left_out": ["necrosis"],
        "source": "out-of-fold predictions of 3 folds joined",
    },
    "performance": {
        "n_necrosis": 7,
        "n_recurrence": 13,
        "prevalence": 0.35,
        "cases": "out-of-fold predictions of 3 folds joined",
        "cohort": "physics phantom",
        "sensitivity": {"value": 1.0, "low": 0.646, "high": 1.0},
        "specificity": {"value": 0.923, "low": 0.667, "high": 0.986},
        "accuracy": {"value": 0.95, "low": 0.764, "high": 0.991},
        "auc": {"value": 1.0, "low": 0.783, "high": 1.0},
    },
    "predictive_values": {
        "prevalence": 0.2,
        "ppv": {"value": 0.76, "low": 0.37, "high": 0.95, "note": ""},
        "npv": {"value": 1.0, "low": 0.88, "high": 1.0, "note": ""},
    },
    "notes": [],
}  # fmt: skip
LIKENESS: dict[str, Any] = {
    "unlike": True,
    "note": "",
    "checks": [
        {
            "name": "timing", "title": "timing and thickness", "verdict": "outside",
            "found": "t2 TE 300", "seen": "90 to 111 ms", "score": 0.99, "limit": 0.05,
            "false_alarms": 1, "held_out_cases": 20,
        },
        {
            "name": "order", "title": "each sequence looks like itself", "verdict": "within",
            "found": "t1: its intensities look like t1", "seen": "t1 of the training cases",
            "score": -2.0, "limit": 0.0, "false_alarms": 0, "held_out_cases": 20,
        },
    ],
    "same_images": ["t1 and t2 are the same image, voxel for voxel"],
    "learned": [],
    "similar_cases": [],
    "remarks": [],
    "false_alarms": {"any": 1, "held_out_cases": 20},
}  # fmt: skip
MAP_TESTS: dict[str, Any] = {
    "rows": [
        {
            "test": "pointing game", "measure": "peak in the lesion with oedema", "n": 7,
            "value": 0.4286, "low": 0.1582, "high": 0.7495, "chance": 0.0658, "p": 0.0076,
        },
        {
            "test": "energy", "measure": "share of the map outside of the brain", "n": 7,
            "value": 0.3863, "low": 0.2027, "high": 0.5717, "chance": None, "p": None,
        },
    ],
    "cohort": "physics phantom",
    "note": "",
}  # fmt: skip


def answer(**changed: Any) -> dict[str, Any]:
    """Return an answer of two networks, with every kind of doubt, some keys changed."""
    return {
        "case": "patient7",
        "p_necrosis": 0.625,
        "p_recurrence": 0.375,
        "predicted": "necrosis",
        "p_necrosis_of_each_network": {"r1f1_seed1": 0.5, "r1f2_seed1": 0.75},
        "model": "densenet121/fused",
        "sequences": ["t1", "t1ce", "t2"],
        "study": "demo",
        "doubt": DOUBT,
        "likeness": LIKENESS,
        "map_tests": MAP_TESTS,
        "notice": "Research use only: not a medical device, not for diagnosis or treatment.",
        **changed,
    }
