"""What misclassified cases share: Fisher's own example, and corrections counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radnec.evaluate.cohort.errors import shared_by_errors


def test_fishers_lady_tasting_tea() -> None:
    """Eight cups, four of each, one of each mistaken: p = 34/70 (Fisher 1935), both sides."""
    cups = pd.DataFrame({"first": ["milk"] * 4 + ["tea"] * 4})
    said_milk = pd.Series([True, True, True, False, True, False, False, False])
    found = shared_by_errors(cups, said_milk)
    # One-sided 17/70; the distribution is symmetric.
    assert found["p"].to_numpy() == pytest.approx([34 / 70] * 2)
    assert dict(zip(found["level"], found["n_wrong"], strict=True)) == {"milk": 3, "tea": 1}
    # Two levels of one field are one test: nothing to correct.
    assert found["holm_p"].to_numpy() == pytest.approx([34 / 70] * 2)


def test_every_level_counts_and_the_clearest_comes_first() -> None:
    cases = pd.DataFrame(
        {
            "scanner": ["a"] * 5 + ["b"] * 5 + ["c"] * 5,
            "sex": ["male", "female", ""] * 5,
            "all alike": ["x"] * 15,
        }
    )
    wrong = pd.Series([True] * 5 + [False] * 10)
    found = shared_by_errors(cases, wrong)
    assert list(found.loc[0, ["field", "level", "n_wrong", "n"]]) == ["scanner", "a", 5, 5]
    # All five of scanner a and no other: 1 / C(15, 5) = 1 / 3003.
    assert found.loc[0, "p"] == pytest.approx(1 / 3003)
    assert found.loc[0, "holm_p"] == pytest.approx(6 / 3003)
    assert "all alike" not in set(found["field"]) and "not stated" in set(found["level"])


def test_without_errors_nothing_is_tested() -> None:
    found = shared_by_errors(pd.DataFrame({"sex": ["m", "f"]}), pd.Series([False, False]))
    assert found["p"].isna().all() and np.isnan(found["holm_p"]).all()
