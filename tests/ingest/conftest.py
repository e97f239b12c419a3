"""The two stages as a fixture: index and convert one folder as the workflow does."""

import dataclasses
import json
from pathlib import Path

import pytest
from ingest_builders import SETTINGS

from radnec.cases.sources import CaseSource
from radnec.core.records import Record
from radnec.core.tables import read_tsv
from radnec.ingest.convert import convert_case
from radnec.ingest.index import index_case


@dataclasses.dataclass
class Ingested:
    """What the two stages left."""

    out: Path
    series: object
    index: Record
    convert: Record

    @property
    def images(self) -> Path:
        return self.out / "nifti" / "P1"

    def sidecar(self, sequence: str) -> dict:
        return json.loads((self.images / f"{sequence}.json").read_text())

    def status(self) -> dict[str, str]:
        return dict(zip(self.series["sequence"], self.series["status"], strict=True))


@pytest.fixture
def ingest(tmp_path_factory):
    def run(source, *, settings=SETTINGS, overrides=None):
        out = tmp_path_factory.mktemp("out")
        if isinstance(source, Path):
            source = CaseSource("dicom", str(source), {})
        series, index = out / "series" / "P1.tsv", out / "index" / "P1.json"
        table = None
        if overrides is not None:
            table = out / "overrides.tsv"
            table.write_text("case\tseries\tsequence\n" + overrides)
        index_case(
            case="P1",
            source=source,
            min_confidence=settings.min_confidence,
            overrides=table,
            series=series,
            record=index,
        )
        convert_case(
            case="P1", source=source, series=series, index_record=index, settings=settings,
            images=out / "nifti" / "P1", record=out / "convert" / "P1.json",
        )  # fmt: skip
        return Ingested(
            out,
            read_tsv(series, dtype=str).fillna(""),
            Record.read(index),
            Record.read(out / "convert" / "P1.json"),
        )

    return run
