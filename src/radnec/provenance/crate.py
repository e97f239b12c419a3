"""The record of a study: what went in, what came out, by which code, where and when.

It is an RO-Crate (https://w3id.org/ro/crate/) after the profile Process Run Crate: one
JSON file whose root is the study's folder. Times, hardware and the git commit stand in it, so
it is, beside the model cards, the one result that two runs of a study do not share byte for
byte; nothing is computed from it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from radnec.core.files import sha256, write_json
from radnec.provenance.machine import machine, times
from radnec.provenance.software import CodeVersion, code_version, packages

_PROFILE = "https://w3id.org/ro/wfrun/process/0.6"
_ENDINGS = {
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".npz": "application/zip",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".tsv": "text/tab-separated-values",
    ".yaml": "application/yaml",
}


def write_crate(
    *,
    study: Path,
    name: str,
    notice: str,
    workflow: Path,
    inputs: Mapping[str, Path],
    results: Iterable[Path],
    output: Path,
) -> None:
    """Write the record of a finished study.

    Parameters
    ----------
    study
        results/<study>: the root of the crate. Its config.yaml is what the study is repeated
        with, its cohort/images.tsv names the images that each case is made of, by checksums.
    workflow
        Folder of the Snakefile.
    inputs
        What it is to what was read from outside the study's folder. Only name and checksum
        are recorded: a path may hold what nobody else should read.
    results
        Files and folders below `study`; every file is recorded with its checksum.
    output
        ro-crate-metadata.json.
    """
    now = datetime.now(UTC)
    crate = ROCrate()
    code = code_version(workflow)
    measured = times(study / "benchmarks")
    root = crate.root_dataset
    root["name"] = f"radnec study {name}"
    root["description"] = f"{notice} To repeat it: {_repeat(study, code)}"
    root["datePublished"] = _iso(now.timestamp())
    root["conformsTo"] = _add(crate, _PROFILE, "CreativeWork", name="Process Run Crate")
    software = _add_software(crate, code, workflow / "requirements.lock")
    given = [
        _add(crate, f"#input/{what}", "CreativeWork", name=path.name, sha256=sha256(path))
        for what, path in sorted(inputs.items())
    ]
    made = {path: _add_file(crate, study, path) for path in _files(results)}
    of_inputs = [study / "config.yaml", study / "cohort" / "images.tsv"]
    action = crate.add_action(
        software,
        identifier="#run",
        object=[*given, *(made[path] for path in of_inputs)],
        result=[entity for path, entity in made.items() if path not in of_inputs],
        properties={"name": f"radnec on study {name}", "endTime": _iso(now.timestamp())},
    )
    if not measured.empty:
        action["startTime"] = _iso(measured["started"].min())
    facts = {f"machine/{key}": value for key, value in machine().items()}
    for number, (device, runs) in enumerate(sorted(_training_devices(made).items())):
        facts[f"trained-on/{number}"] = f"{device}, runs: {runs}"
    action["additionalProperty"] = [
        *(
            _add(crate, f"#{key}", "PropertyValue", name=key, value=value)
            for key, value in facts.items()
        ),
        *(
            _add(
                crate,
                f"#time/{row['rule']}",
                "PropertyValue",
                name=f"time of {row['rule']}",
                value=round(row["seconds"], 1),
                unitText="s",
                description=f"{row['jobs']} jobs, the longest {row['longest']:.1f} s"
                + (f", at most {row['memory_mb']:.0f} MB" if row["memory_mb"] > 0 else ""),
            )
            for row in measured.to_dict("records")
        ),
    ]
    root["mentions"] = action
    write_json(output, crate.metadata.generate())


def _repeat(study: Path, code: CodeVersion) -> str:
    return (
        f"take radnec {code.text()}, the packages of its requirements.lock and the same images; "
        f"then `snakemake --configfile {study.as_posix()}/config.yaml`. Folders named in "
        "config.yaml are the ones of this run."
    )


def _add_software(crate: ROCrate, code: CodeVersion, lock: Path) -> ContextEntity:
    needs = []
    for package in packages(lock):
        state = "as in requirements.lock"
        if package.installed is None:
            state = "of requirements.lock; not in the environment that wrote this record"
        elif package.installed != package.locked:
            state = f"requirements.lock has {package.locked}"
        needs.append(
            _add(
                crate,
                f"#package/{package.name}",
                "SoftwareApplication",
                name=package.name,
                softwareVersion=package.installed or package.locked,
                description=state,
            )
        )
    return _add(
        crate,
        "#radnec",
        "SoftwareApplication",
        name="radnec",
        softwareVersion=code.text(),
        identifier=f"files:{code.fingerprint}" + (f" git:{code.commit}" if code.commit else ""),
        softwareRequirements=needs,
    )


def _add(crate: ROCrate, entity_id: str, kind: str, **properties: Any) -> ContextEntity:
    return crate.add(ContextEntity(crate, entity_id, properties={"@type": kind, **properties}))


def _add_file(crate: ROCrate, study: Path, path: Path) -> Any:
    properties = {"sha256": sha256(path), "contentSize": str(path.stat().st_size)}
    if path.suffix in _ENDINGS:
        properties["encodingFormat"] = _ENDINGS[path.suffix]
    return crate.add_file(dest_path=path.relative_to(study), properties=properties)


def _files(paths: Iterable[Path]) -> list[Path]:
    found = set()
    for path in paths:
        if path.is_dir():
            found |= {inner for inner in path.rglob("*") if inner.is_file()}
        else:
            found.add(path)
    # What Snakemake leaves in a folder to know its age is no result.
    return sorted(path for path in found if path.name != ".snakemake_timestamp")


def _training_devices(made: Iterable[Path]) -> Counter[str]:
    """Return on what the networks were trained, by their cards, and how many on each."""
    cards = [json.loads(path.read_text("utf-8")) for path in made if path.name == "card.json"]
    return Counter(card["cost"]["device"] for card in cards)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
