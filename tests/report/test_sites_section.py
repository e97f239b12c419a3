"""The table of the models across sites, as the report shows it."""

from __future__ import annotations

import math

import pandas as pd

from radnec.report.sites import sites_table

NAN = math.nan
COLUMNS = ["measure", "sites", "value", "low", "high", "new_low", "new_high", "i2", "notes"]


def written(path, rows):
    table = pd.DataFrame(rows, columns=COLUMNS).assign(backbone="resnet10", input_set="fused")
    table.to_csv(path, sep="\t", index=False)
    return path


def test_mean_and_range_are_told_and_what_is_not_defined(tmp_path):
    rows = [
        ("auc", 4, 0.8123, 0.61, 0.92, 0.4, 0.97, 0.347, ""),
        ("sens", 2, 0.7, 0.2, 0.95, NAN, NAN, 0.0, "no interval for a new site"),
        ("spec", 1, NAN, NAN, NAN, NAN, NAN, NAN, "not defined: fewer than two sites"),
    ]
    said = str(sites_table(written(tmp_path / "sites.tsv", rows), "95 % CI"))
    assert "0.81 (0.61 to 0.92)" in said and "0.40 to 0.97" in said and "35%" in said
    assert "95 % prediction interval" in said and said.count("not defined") == 4
    assert "Sensitivity" in said and "no interval for a new site" in said


def test_without_sites_there_is_no_section(tmp_path):
    assert sites_table(written(tmp_path / "sites.tsv", []), "95 % CI") == ""
