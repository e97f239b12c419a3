"""Each series of the table is what a neuroradiographer would call it."""

import pytest
from header_sets import ROWS, Row
from ingest_builders import MAKERS, header_volume

from radnec.ingest.identification.identify import identify


def _name(row: Row) -> str:
    return f"{row.vendor}-{row.header['SeriesDescription']}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_series_is_identified(row):
    volume = header_volume(Manufacturer=MAKERS[row.vendor], **row.header)
    (found,) = identify([volume], min_confidence=0.7)
    assert found.sequence == row.sequence, found.reasons
    assert found.reasons


def test_table_is_large_enough_and_covers_the_vendors():
    assert len(ROWS) >= 60
    assert {row.vendor for row in ROWS} == {"GE", "Siemens", "Philips", "UIH", "Canon", "Hitachi"}


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.sequence in ("t1", "t1ce", "t2", "flair")], ids=_name
)
def test_weighting_is_found_by_physics_alone(row):
    """With every name removed, the timing alone never gives another of the four sequences."""
    header = {k: v for k, v in row.header.items() if "Name" not in k and k != "SeriesDescription"}
    (found,) = identify([header_volume(Manufacturer=MAKERS[row.vendor], **header)], 0.7)
    expected = {"t1ce": {"t1", "t1ce"}, "t1": {"t1"}}.get(row.sequence, {row.sequence})
    if found.sequence in ("t1", "t1ce", "t2", "flair"):
        assert found.sequence in expected, found.reasons
    else:
        assert set(found.candidates) & expected or found.sequence in (
            "unknown",
            "T2*",
            "proton density",
        ), found.reasons
