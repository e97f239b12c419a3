"""Each patient's probability, one panel a model: by class, and how it moves between runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radnec.core.labels import CLASSES, NEGATIVE, POSITIVE
from radnec.core.tables import read_tsv
from radnec.figures.panels import (
    NEUTRAL,
    name_panel,
    on_several_sequences,
    panel_figure,
    read_models,
    rows_of,
    sample_size,
    sequence_names,
    unit_square,
    write_below,
    write_empty,
)
from radnec.figures.style import NEGATIVE_COLOUR, POSITIVE_COLOUR

_COLOURS = {NEGATIVE: NEGATIVE_COLOUR, POSITIVE: POSITIVE_COLOUR}


def draw_distribution(
    *, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw the probability of every case, by its true class, with median and quartiles.

    Parameters
    ----------
    tables
        Folder of table3.tsv and table4.tsv: which models there are. Models on single sequences
        are left out, unless there are no others.
    evaluation
        Folder of pooled.tsv and instability_cases.tsv.
    output
        Path without ending, such as ``figures/distribution``.
    dpi
        Pixels per inch of the PNG.
    """
    cases = read_tsv(evaluation / "pooled.tsv")
    shown = on_several_sequences(read_models(tables))
    with panel_figure(
        len(shown), columns=3, panel_height=50, output=output, notice=notice, dpi=dpi
    ) as panels:
        for at, (axes, model) in enumerate(zip(panels, shown, strict=True)):
            mine = rows_of(cases, model)
            for place, label in enumerate(CLASSES):
                p = np.sort(mine.loc[mine["label"] == label, "p_necrosis"].to_numpy(dtype=float))
                if not p.size:
                    continue
                # Neighbours in rank lie apart, so that equal values can be counted.
                apart = place + 0.26 * np.resize([-1.0, -0.5, 0.0, 0.5, 1.0], p.size)
                axes.scatter(p, apart, s=5, color=_COLOURS[label], alpha=0.6, linewidths=0)
                low, middle, high = np.quantile(p, [0.25, 0.5, 0.75])
                axes.plot([low, high], [place + 0.4] * 2, color=_COLOURS[label], linewidth=1.5)
                axes.plot([middle], [place + 0.4], "o", color=_COLOURS[label], markersize=4)
            axes.axvline(0.5, color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
            axes.set(xlim=(-0.02, 1.02), ylim=(-0.5, 1.6), yticks=range(len(CLASSES)))
            axes.set_yticklabels(CLASSES)
            axes.set_xlabel("Predicted probability of necrosis")
            name_panel(axes, at, f"{model['backbone']}, {sequence_names(model)}")
            write_below(axes, [sample_size(model), "above the cases: median and quartiles"])


def draw_instability(
    *, tables: Path, evaluation: Path, output: Path, notice: str, dpi: int = 300
) -> None:
    """Draw the range of each case's probability over the runs that tested it.

    The instability plot of Riley and Collins (2023): the further a line reaches from the
    diagonal, the more the answer hangs on the seed or on who else was in the training set.
    Parameters as for the distribution.
    """
    cases = read_tsv(evaluation / "instability_cases.tsv")
    summary = read_tsv(evaluation / "instability.tsv")
    shown = on_several_sequences(read_models(tables))
    with panel_figure(
        len(shown), columns=3, panel_height=70, output=output, notice=notice, dpi=dpi
    ) as panels:
        for at, (axes, model) in enumerate(zip(panels, shown, strict=True)):
            mine, every = rows_of(cases, model), rows_of(summary, model)
            every = every[every["cases"] == "all"].iloc[0]
            axes.plot([0, 1], [0, 1], color=NEUTRAL, linewidth=0.6, linestyle=(0, (2, 2)))
            unit_square(axes, "Mean probability of necrosis", "Probability over the runs")
            lines = [f"{every['runs']} runs a case; necrosis orange, recurrence blue"]
            lines.append(sample_size(model))
            if every["runs"] < 2:
                write_empty(axes, "not defined:\none run a case")
            else:
                for label in CLASSES:
                    own = mine[mine["label"] == label]
                    axes.vlines(
                        own["mean"],
                        own["lowest"],
                        own["highest"],
                        color=_COLOURS[label],
                        linewidth=0.8,
                        alpha=0.7,
                    )
                lines.insert(
                    0, f"MAPE {every['mape']:.3f}, unstable {every['unstable']} of {every['n']}"
                )
            for boundary in (axes.axvline, axes.axhline):
                boundary(0.5, color=NEUTRAL, linewidth=0.4, linestyle=(0, (1, 2)))
            name_panel(axes, at, f"{model['backbone']}, {sequence_names(model)}")
            write_below(axes, lines)
