"""The learning curves of all runs: what happened during training, and whether it had ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from radnec.core.errors import InputError
from radnec.core.tables import read_tsv
from radnec.figures.style import LINE_COLOURS, PAGE_MM, journal_figure
from radnec.training.learning_curves import mean_and_range

COLUMNS = 3


def draw_training(
    *, histories: Mapping[str, Path], notice: str, output: Path, dpi: int = 300
) -> None:
    """Draw the loss of every run over its epochs, one panel for each backbone.

    Runs of several folds and seeds are drawn as their mean with the range between the lowest and
    the highest. A dashed line of the same colour is the validation loss, where one was kept.

    Parameters
    ----------
    histories
        history.tsv of each run, by ``<backbone>/<inputs>/<fold>_seed<seed>``.
    notice
        What every reader must know about the data.
    output
        Path of the figure without ending.
    dpi
        Pixels per inch of the PNG.

    Raises
    ------
    InputError
        If a table lacks the epoch or the training loss.
    """
    runs: dict[str, dict[str, list[pd.DataFrame]]] = {}
    for name, path in histories.items():
        backbone, inputs, _ = name.split("/")
        table = read_tsv(path)
        missing = {"epoch", "train_loss", "validation_loss"} - set(table.columns)
        if missing:
            raise InputError(f"{path}: no column {', '.join(sorted(missing))}")
        runs.setdefault(backbone, {}).setdefault(inputs, []).append(table)
    sets = list(dict.fromkeys(inputs for groups in runs.values() for inputs in groups))
    columns = min(COLUMNS, len(runs))
    rows = -(-len(runs) // columns)
    with journal_figure(
        PAGE_MM, 12 + 46 * rows, output=output, notice=notice, dpi=dpi, layout="constrained"
    ) as figure:
        grid = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for axes, (backbone, groups) in zip(grid, runs.items(), strict=False):
            for inputs, tables in groups.items():
                place = sets.index(inputs)
                _draw_runs(axes, inputs, tables, LINE_COLOURS[place % len(LINE_COLOURS)])
            axes.set_title(backbone)
            axes.set_xlabel("epoch")
            axes.set_ylim(bottom=0)
        for axes in grid[len(runs) :]:
            axes.set_axis_off()
        for row in range(rows):
            grid[row * columns].set_ylabel("loss")
        lines = {line.get_label(): line for axes in grid for line in axes.get_lines()}
        figure.legend(
            list(lines.values()),
            [str(label) for label in lines],
            loc="outside upper right",
            ncols=min(4, len(lines)),
        )


def _draw_runs(axes: Axes, inputs: str, tables: list[pd.DataFrame], colour: str) -> None:
    for column, style, name in (
        ("train_loss", "-", inputs),
        ("validation_loss", "--", f"{inputs}, validation"),
    ):
        curve = mean_and_range(tables, column)
        if curve.empty:
            continue
        axes.plot(curve["epoch"], curve["mean"], style, color=colour, label=name, linewidth=1.0)
        if len(tables) > 1:
            axes.fill_between(
                curve["epoch"], curve["low"], curve["high"], color=colour, alpha=0.2, linewidth=0
            )
