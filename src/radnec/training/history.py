"""What every epoch leaves behind: a table and TensorBoard events."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from radnec.core.files import write_text

COLUMNS = ("epoch", "learning_rate", "train_loss", "validation_loss", "validation_auc")

Row = Mapping[str, float]


def write_history(rows: Sequence[Row], path: Path) -> None:
    """Write one line an epoch; without a validation part its columns stay empty."""
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        lines.append("\t".join(f"{row[name]:.9g}" if name in row else "" for name in COLUMNS))
    write_text(path, "\n".join(lines) + "\n")


class Recorder:
    """Writes history.tsv and tensorboard/ of a run as it goes, whole after each epoch.

    Parameters
    ----------
    outdir
        Folder of the run.

    Notes
    -----
    Event files carry their host and time in the name, as TensorBoard makes them: they are
    for watching, and no other stage reads them.
    """

    def __init__(self, outdir: Path) -> None:
        self._outdir = outdir
        self._writer: Any = None

    def __enter__(self) -> Recorder:
        return self

    def start(self, earlier: Sequence[Row]) -> None:
        """Begin anew, with the epochs that a resumed run has behind it."""
        from torch.utils.tensorboard import SummaryWriter

        folder = self._outdir / "tensorboard"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._writer = SummaryWriter(str(folder))
        for row in earlier:
            self._event(row)
        if earlier:
            # The run may have been at its end already: then no epoch follows that would write.
            self._writer.flush()
            write_history(earlier, self._outdir / "history.tsv")

    def add(self, rows: Sequence[Row]) -> None:
        """Take the history up to the epoch that just ended."""
        self._event(rows[-1])
        self._writer.flush()
        write_history(rows, self._outdir / "history.tsv")

    def _event(self, row: Row) -> None:
        for name in COLUMNS[1:]:
            if name in row:
                self._writer.add_scalar(name.replace("_", "/", 1), row[name], int(row["epoch"]))

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
