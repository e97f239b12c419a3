"""What the study measured of its maps stands beside a patient's map, number for number."""

from __future__ import annotations

from pathlib import Path

from answers import MAP_TESTS, answer

from radnec.apply.map_tests import map_lines, map_tests_of
from radnec.apply.text import as_markdown

CONFIG = {"explain": {"backbone": "net", "inputs": "fused"}}
LOST = "rank correlation with the map after loss of"
ROWS = f"""test\tmeasure\tgroup\tn\tvalue\tlower\tupper\tchance\tp\tcohort
pointing game\tpeak in the lesion\tall\t9\t0.5556\t0.2667\t0.8112\t0.1\t0.0004\tpatients
pointing game\tpeak in the lesion\tnecrosis\t3\t0\t0\t0.5615\t0.1\t1\tpatients
pointing game\tpeak within 10 mm of the lesion\tall\t9\t0.6\t0.3\t0.9\t0.2\t0.01\tpatients
energy\tshare of the map outside of the brain\tall\t9\t0.25\t0.1\t0.4\t\t\tpatients
randomisation\t{LOST} 25% of the layers\tall\t4\t0.5\t\t\t0\t\tpatients
randomisation\t{LOST} 100% of the layers\tall\t4\t0.1\t\t\t0\t\tpatients
"""


def study(folder: Path) -> Path:
    path = folder / "explain" / "net" / "fused" / "tests" / "metrics.tsv"
    path.parent.mkdir(parents=True)
    path.write_text(ROWS)
    return folder


def test_rows_of_all_cases_are_told_as_they_stand(tmp_path) -> None:
    found = map_tests_of(study(tmp_path), "net/fused", CONFIG)
    assert [(row["measure"].split()[0], row["n"]) for row in found["rows"]] == [
        ("peak", 9), ("share", 9), ("rank", 4),
    ]  # fmt: skip
    assert map_lines(found) == [
        "Pointing game: peak in the lesion 0.56 (0.27 to 0.81), by chance 0.10, p < 0.001; "
        "9 cases, patients.",
        "Energy: share of the map outside of the brain 0.25 (0.10 to 0.40); 9 cases, patients.",
        "Randomisation: rank correlation with the map after loss of 100% of the layers 0.10, "
        "by chance 0.00; 4 cases, patients.",
    ]


def test_a_model_whose_maps_nobody_tested_gets_no_figures_of_another(tmp_path) -> None:
    found = map_tests_of(study(tmp_path), "net/t1ce", CONFIG)
    assert found["rows"] == []
    assert "did not test the maps of net/t1ce; it tested those of net/fused" in found["note"]
    assert "net/fused" in as_markdown(answer(map_tests=found))


def test_the_report_for_reading_has_them() -> None:
    text = as_markdown(answer())
    for line in map_lines(MAP_TESTS):
        assert f"- {line}" in text
