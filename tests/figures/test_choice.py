"""Which cases are shown is a rule."""

from __future__ import annotations

import pandas as pd

from radnec.figures.choice import choose_case, choose_cases


def summary(rows: list[tuple[str, str, float, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["case", "label", "p_recurrence", "zero"])
    table["p_necrosis"] = 1 - table["p_recurrence"]
    table["predicted"] = ["recurrence" if p >= 0.5 else "necrosis" for p in table["p_recurrence"]]
    table["layer_grid"] = "8x8x4"
    table["method"] = "gradcam"
    return table


def test_most_confident_correct_case_of_each_class() -> None:
    table = summary(
        [
            ("a", "recurrence", 0.70, "no"),
            ("b", "recurrence", 0.95, "no"),
            ("c", "necrosis", 0.40, "no"),
            ("d", "necrosis", 0.10, "no"),
            ("e", "necrosis", 0.99, "no"),
        ]
    )
    first, second = choose_cases(table)
    assert (first.case, first.p_recurrence) == ("b", 0.95)
    assert (second.case, second.p_recurrence) == ("d", 0.10)
    assert first.reason == "the most confident correct answer among 2 test cases of recurrence"


def test_none_correct_is_said() -> None:
    choice = choose_case(
        summary([("a", "necrosis", 0.9, "no"), ("b", "necrosis", 0.6, "no")]), "necrosis"
    )
    assert choice is not None
    assert choice.case == "b"
    assert choice.reason == (
        "no test case of necrosis (2) was classified correctly; the least wrong one"
    )


def test_zero_maps_are_passed_over_where_others_are() -> None:
    both = summary([("a", "necrosis", 0.01, "yes"), ("b", "necrosis", 0.2, "no")])
    chosen = choose_case(both, "necrosis")
    assert chosen is not None and chosen.case == "b"
    only = choose_case(both.iloc[:1], "necrosis")
    assert only is not None and only.case == "a"
    assert only.reason.endswith("its map is zero: nothing spoke for the answer")


def test_a_map_says_how_fine_it_can_be() -> None:
    table = summary([("a", "necrosis", 0.2, "no"), ("b", "recurrence", 0.9, "no")])
    assert [choice.resolution for choice in choose_cases(table)] == [
        "The map has 8 x 8 x 4 cells, smoothed for the eye."
    ] * 2
    coarse = choose_case(table.assign(layer_grid="1x1x1"), "necrosis")
    assert coarse is not None and "one cell: the map is the same everywhere" in coarse.resolution


def test_equal_answers_go_by_name_whatever_the_order() -> None:
    table = summary([("b", "recurrence", 0.9, "no"), ("a", "recurrence", 0.9, "no")])
    for order in (table, table.iloc[::-1]):
        chosen = choose_case(order, "recurrence")
        assert chosen is not None and chosen.case == "a"


def test_class_without_cases() -> None:
    assert choose_case(summary([("a", "recurrence", 0.9, "no")]), "necrosis") is None
