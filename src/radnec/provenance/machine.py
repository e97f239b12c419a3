"""The machine, and how long each rule took on it."""

from __future__ import annotations

import math
import os
import platform
from pathlib import Path

import pandas as pd

from radnec.core.processor import processor


def machine() -> dict[str, str]:
    """Return what kind of machine this is; nothing that identifies its owner."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 2**30:.1f} GiB",
        "python": platform.python_version(),
    }


def times(benchmarks: Path) -> pd.DataFrame:
    """Return a row for each rule that Snakemake measured.

    Parameters
    ----------
    benchmarks
        results/<study>/benchmarks; it may be absent.

    Returns
    -------
    DataFrame
        Columns rule, jobs, seconds (of all jobs), longest (seconds), memory_mb (most of one
        job; NaN where all were too short to be measured), started (of the first job whose
        result still stands, seconds since 1970).
    """
    rows = [
        {"rule": path.relative_to(benchmarks).with_suffix("").parts[0], **_measured(path)}
        for path in sorted(benchmarks.rglob("*.tsv"))
    ]
    columns = ["rule", "seconds", "memory_mb", "started"]
    return (
        pd.DataFrame(rows, columns=columns)
        .groupby("rule")
        .agg(
            jobs=("seconds", "size"),
            seconds=("seconds", "sum"),
            longest=("seconds", "max"),
            memory_mb=("memory_mb", "max"),
            started=("started", "min"),
        )
        .reset_index()
    )


def _measured(path: Path) -> dict[str, float]:
    # Not pandas: there are seven of these for each case.
    header, values, *_ = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    cells = dict(zip(header, values, strict=True))
    seconds = float(cells["s"])
    return {
        "seconds": seconds,
        "memory_mb": float(cells["max_rss"]) if cells["max_rss"] not in ("NA", "-") else math.nan,
        "started": path.stat().st_mtime - seconds,
    }
