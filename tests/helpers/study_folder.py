"""A folder in which the workflow is planned and run, for the tests that need one."""

from __future__ import annotations

import dataclasses
import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


@dataclasses.dataclass
class Study:
    """A folder in which `snakemake` is started, with an overlay on the paper's configuration."""

    folder: Path
    overlay: dict

    def write_cases(self, rows: list[dict[str, str]]) -> None:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        lines = ["\t".join(columns), *("\t".join(row.get(c, "") for c in columns) for row in rows)]
        (self.folder / "cases.tsv").write_text("\n".join(lines) + "\n")

    def command(self, *arguments: str) -> list[str]:
        """The command line of `snakemake`, its overlay written.

        Each overlay has a file of its own: tests of one study run side by side.
        """
        text = yaml.safe_dump(self.overlay)
        overlay = f"overlay-{hashlib.sha256(text.encode()).hexdigest()[:8]}.yaml"
        (self.folder / overlay).write_text(text)
        command = [sys.executable, "-m", "snakemake", *arguments]
        # Last, for it takes every word that follows: targets would be read as configurations.
        return [*command, "-s", str(ROOT / "Snakefile"), "--configfile", overlay]

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), cwd=self.folder, capture_output=True, text=True, check=False
        )

    def plan(self, *arguments: str) -> Counter[str]:
        """Jobs per rule of a dry run, from Snakemake's own table."""
        done = self.snakemake(*arguments, "--cores", "2", "-n", "--quiet", "rules")
        assert done.returncode == 0, done.stderr + done.stdout
        jobs: Counter[str] = Counter()
        table = False
        for line in (done.stdout + done.stderr).splitlines():
            table = table or line.startswith("job ")
            parts = line.split()
            if table and len(parts) == 2 and parts[1].isdigit():
                jobs[parts[0]] = int(parts[1])
        jobs.pop("total", None)
        return jobs
