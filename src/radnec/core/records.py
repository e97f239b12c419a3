"""The record each stage leaves for each case: what was made, or why the case left.

A record is what later stages and Snakemake look at. It holds the SHA-256 of every file
the stage made, so a rerun that makes the same bytes leaves the same record, and nothing
that depends on it runs again.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from radnec.core.errors import CaseExcluded, InputError
from radnec.core.files import atomic_dir, sha256, write_json

Measure = float | int | str | bool | None
log = logging.getLogger(__name__)

# The machine's fault, not the case's: the job stops and can be started again.
_ENVIRONMENT = (MemoryError, OSError, ImportError)


@dataclasses.dataclass
class Record:
    """The outcome of one stage for one case.

    Attributes
    ----------
    status
        ``ok`` or ``excluded``.
    reason
        Why the case was excluded; empty when it was not.
    files
        SHA-256 of each file the stage made, by its path below the stage's folder.
    measures
        Figures of the stage for tables and quality control.
    """

    case: str
    stage: str
    status: str
    reason: str
    warnings: list[str]
    files: dict[str, str]
    measures: dict[str, Measure]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a record.

        Raises
        ------
        InputError
            If the file is not a record, for example after a disk error.
        """
        try:
            return cls(**json.loads(Path(path).read_text(encoding="utf-8")))
        except (json.JSONDecodeError, TypeError, UnicodeDecodeError) as error:
            raise InputError(
                f"{path} is not a record of a stage ({error}); delete it and start again"
            ) from error

    def write(self, path: Path) -> None:
        """Write the record atomically."""
        write_json(path, dataclasses.asdict(self))

    @property
    def ok(self) -> bool:
        """Whether the case goes on."""
        return self.status == "ok"

    def require_ok(self) -> None:
        """Exclude the case again, for the same reason, where an earlier stage already did.

        Raises
        ------
        CaseExcluded
            If the case left the study at this record's stage.
        """
        if not self.ok:
            raise CaseExcluded(f"left at {self.stage}: {self.reason}")

    def verify(self, folder: Path) -> None:
        """Check that the stage's files are still the ones that the record describes.

        Raises
        ------
        InputError
            If a file is missing or its content changed; names the file and what to do.
        """
        for name, expected in self.files.items():
            path = Path(folder) / name
            found = sha256(path) if path.is_file() else "no file"
            if found != expected:
                raise InputError(
                    f"{path} is not what stage {self.stage} wrote (SHA-256 {found[:12]}, expected "
                    f"{expected[:12]}): a damaged disk, or somebody edited it. Delete {folder} and "
                    "start again, it will be made anew"
                )


@dataclasses.dataclass
class CaseJob:
    """What a stage fills in while it works on a case."""

    folder: Path
    warnings: list[str]
    measures: dict[str, Measure]

    def warn(self, message: str) -> None:
        """Keep a remark that a reader of the report should see."""
        log.warning(message)
        self.warnings.append(message)


@contextmanager
def case_stage(*, case: str, stage: str, record: Path, folder: Path | None) -> Iterator[CaseJob]:
    """Run the work of one stage on one case; always leave a record, never half a folder.

    Parameters
    ----------
    record
        Where the record goes.
    folder
        The stage's folder for this case, filled through ``job.folder``; None for a stage
        that makes no files. An excluded case's folder is empty.

    Raises
    ------
    MemoryError, OSError, ImportError, InputError
        The machine's or the user's fault: the job stops. Anything else excludes the case,
        with the traceback in the log.
    """
    job = CaseJob(folder=Path(), warnings=[], measures={})
    outcome = Record(case, stage, "ok", "", job.warnings, {}, job.measures)
    with atomic_dir(folder) if folder is not None else _scratch() as job.folder:
        try:
            yield job
        except CaseExcluded as excluded:
            outcome.status, outcome.reason = "excluded", excluded.reason
            job.measures.update(excluded.measures)
            log.warning("case %s excluded at %s: %s", case, stage, excluded.reason)
        except (*_ENVIRONMENT, InputError):
            raise
        except Exception as error:
            outcome.status = "excluded"
            outcome.reason = f"unexpected {type(error).__name__}, see the log of {stage}"
            log.exception("case %s: unexpected error at %s", case, stage)
        if outcome.ok:
            outcome.files = {
                str(path.relative_to(job.folder)): sha256(path)
                for path in sorted(job.folder.rglob("*"))
                if path.is_file()
            }
        else:
            for entry in job.folder.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    outcome.write(record)


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
