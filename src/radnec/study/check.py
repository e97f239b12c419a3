"""What a configuration says about the table of cases and about files, checked before a study."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from radnec.cohort.eligibility import ineligible
from radnec.comparators.catalogue import READS
from radnec.config.model import StudyConfig
from radnec.core.errors import InputError
from radnec.core.faults import Fault, found
from radnec.preprocess.skullstrip.hdbet_weights import is_on_zenodo, missing_files, missing_message
from radnec.preprocess.skullstrip.packaged import PACKAGED, require_package
from radnec.preprocess.skullstrip.template import find_template
from radnec.study.dependencies import external_files


def check_study(config: StudyConfig, cases: pd.DataFrame) -> None:
    """Refuse a configuration that does not go with the table of cases or with what is on disk.

    Images need not be there yet, and a table without rows has nothing to go with.

    Parameters
    ----------
    cases
        The rows of a checked table, see `radnec.cases.table.load_cases`.

    Raises
    ------
    InputError
        With a line for every fault.
    """
    rows = [{str(k): str(v) for k, v in row.items()} for row in cases.to_dict("records")]
    raise_faults(
        [
            *_files(config),
            *_exclusions(config, rows),
            *_images(config, rows),
            *_comparators(config, rows),
        ]
    )


def raise_faults(faults: list[Fault]) -> None:
    """Raise an InputError with a line for every fault, if there is one."""
    if faults:
        raise InputError("\n".join(f"config: {fault}" for fault in faults))


def eligible_rows(cases: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows that no criterion of inclusion excludes."""
    rows = [{str(k): str(v) for k, v in row.items()} for row in cases.to_dict("records")]
    return [row for row in rows if not ineligible(row)]


def _files(config: StudyConfig) -> Iterator[Fault]:
    files = external_files(config.to_mapping())
    keys = {"atlas_head": "skull_strip.atlas_head", "atlas_mask": "skull_strip.atlas_mask"}
    keys["encoder"] = "comparators.encoder.weights"
    for name in config.training.pretrained:
        keys[f"pretrained_{name}"] = f"training.pretrained.{name}"
    for what, path in files.items():
        # The tables are read, and what cannot be read of them is said, elsewhere.
        if what in keys and not Path(path).expanduser().is_file():
            yield found(keys[what], path, "the path of a file that exists")


def _exclusions(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    known = {row["case"] for row in rows}
    for case in config.qc.exclude:
        if rows and case not in known:
            yield found("qc.exclude", case, f"case ids of {config.cases}")


def _images(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    rows = [row for row in rows if not ineligible(row)]
    if any(row.get("bids_subject") for row in rows):
        if config.bids is None:
            yield found("bids", None, f"the root of the dataset of the subjects in {config.cases}")
        elif config.cohort == "patients" and not Path(config.bids).expanduser().is_dir():
            yield found("bids", config.bids, "a folder that exists")
    yield from _masks(config, rows)


def _comparators(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    reads = [READS[name] for name in config.comparators.models]
    known = {name for row in rows for name, cell in row.items() if cell}
    for name in config.comparators.clinical if any(one.clinical for one in reads) else ():
        if rows and name not in known:
            yield found("comparators.clinical", name, f"columns that {config.cases} fills")
    if any(one.radiomics for one in reads) and not find_spec("mirp"):
        told = "radiomics, which needs the package mirp: pip install 'radnec[radiomics]'"
        yield Fault("comparators.models", told)


def _masks(config: StudyConfig, rows: list[dict[str, str]]) -> Iterator[Fault]:
    unmasked = [row["case"] for row in rows if not row.get("mask")]
    strip, weights = config.skull_strip, config.hd_bet_weights
    if not unmasked:
        return
    if strip.backend == "given" and len(unmasked) == len(rows):
        yield found(
            "skull_strip.backend",
            strip.backend,
            f"a column mask in {config.cases} that names the brain mask of some case, or another "
            "backend",
        )
    try:
        if strip.backend == "atlas" and not strip.atlas_head:
            find_template("", "")
        if strip.backend in PACKAGED:
            require_package(strip.backend)
    except InputError as error:
        told = str(error).removeprefix("skull_strip.backend is ")
        yield Fault("skull_strip.backend", told)
    folder = Path(weights.folder).expanduser()
    if strip.backend == "hd-bet" and missing_files(folder):
        if not weights.url:
            yield Fault("hd_bet_weights.folder", missing_message(folder))
        elif not weights.checksum and not is_on_zenodo(weights.url):
            yield found(
                "hd_bet_weights.checksum",
                weights.checksum,
                f"sha256:... or md5:... for an archive that is not on Zenodo ({weights.url})",
            )
