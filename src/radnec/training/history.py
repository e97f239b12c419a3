"""What every epoch left behind: a table and TensorBoard events."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from radnec.core.files import write_text

COLUMNS = ("epoch", "learning_rate", "train_loss", "validation_loss", "validation_auc")

Row = Mapping[str, float]


def write_history(rows: Sequence[Row], path: Path) -> None:
    """Write one line an epoch; a column without a value in any row stays empty."""
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        lines.append("\t".join(f"{row[name]:.9g}" if name in row else "" for name in COLUMNS))
    write_text(path, "\n".join(lines) + "\n")


class Events:
    """TensorBoard events of a run, written as it goes.

    The folder starts empty: a resumed run writes its earlier epochs again, so that one file
    holds the whole curve.
    """

    def __init__(self, folder: Path, earlier: Sequence[Row]) -> None:
        from torch.utils.tensorboard import SummaryWriter

        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._writer = SummaryWriter(str(folder))
        for row in earlier:
            self.add(row)

    def add(self, row: Row) -> None:
        """Write the figures of one epoch."""
        for name in COLUMNS[1:]:
            if name in row:
                self._writer.add_scalar(name.replace("_", "/", 1), row[name], int(row["epoch"]))
        self._writer.flush()

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
