"""Figures are written, are the same twice, and show what their tables hold."""

from __future__ import annotations

from pathlib import Path

import matplotlib.image
import pytest
from evaluate_helpers import FUSED, NOTICE, SETTINGS, SINGLE, with_counts, write, write_split
from matplotlib.backends.backend_agg import FigureCanvasAgg

from radnec.evaluate.audit.published import audit_published
from radnec.evaluate.performance import evaluate_models
from radnec.figures.curves import draw_calibration, draw_decision, draw_precision_recall
from radnec.figures.forest import _order, _points, draw_forest, draw_forest_table
from radnec.figures.patients import draw_distribution, draw_instability
from radnec.figures.roc import draw_roc, draw_roc_bands
from radnec.figures.style import PAGE_MM

DRAWN = [
    *(draw_roc, draw_roc_bands, draw_calibration, draw_precision_recall, draw_decision),
    *(draw_distribution, draw_instability),
]
PUBLISHED = Path(__file__).parents[2] / "config/published"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    models = {
        "resnet10/t1": with_counts(4, 5, 48, 1, seed=1),
        "resnet10/fused": with_counts(7, 2, 46, 3, seed=3),
        # Perfect separation: the longest words of a legend.
        "densenet121/fused": with_counts(9, 0, 49, 0, seed=3),
        # One class only: its panels have to say so.
        "vgg11/fused": with_counts(0, 0, 46, 3, seed=3),
    }
    evaluate_models(
        predictions={key: write(table, folder / f"p/{key}.tsv") for key, table in models.items()},
        runs={},
        split=write_split(models.values(), folder / "split.tsv"),
        single_inputs=SINGLE,
        fused_inputs=FUSED,
        settings=SETTINGS,
        seed=1,
        notice=NOTICE,
        tables=folder / "tables",
        evaluation=folder / "evaluation",
        ledger=folder / "evaluations.tsv",
    )
    audit_published(published=PUBLISHED, outdir=folder / "audit")
    return folder


@pytest.mark.parametrize(
    "draw",
    DRAWN,
    ids=lambda f: f.__name__,
)
def test_curves_are_written_at_page_width_and_alike_twice(study, tmp_path, draw):
    for name in ("first", "second"):
        draw(
            tables=study / "tables",
            evaluation=study / "evaluation",
            output=tmp_path / name,
            notice=NOTICE,
        )
    for ending in (".svg", ".png"):
        paths = [(tmp_path / name).with_suffix(ending) for name in ("first", "second")]
        assert paths[0].read_bytes() == paths[1].read_bytes()
    width = matplotlib.image.imread(tmp_path / "first.png").shape[1]
    assert width == pytest.approx(PAGE_MM / 25.4 * 300, abs=2)
    assert NOTICE in (tmp_path / "first.svg").read_text()


@pytest.mark.parametrize(
    "draw",
    DRAWN,
    ids=lambda f: f.__name__,
)
def test_panels_keep_their_room_and_nothing_leaves_the_page(study, tmp_path, saved, draw):
    # A legend or a line of text that is too wide squeezes the panels of a constrained layout.
    draw(
        tables=study / "tables",
        evaluation=study / "evaluation",
        output=tmp_path / "figure",
        notice=NOTICE,
    )
    fig = saved[0]
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    page = fig.bbox
    for axes in fig.axes:
        if not axes.get_visible():
            continue
        width_mm = axes.get_window_extent().width / fig.dpi * 25.4
        assert width_mm > 35
        extent = axes.get_tightbbox(canvas.get_renderer())
        assert extent.x0 >= -1
        assert extent.x1 <= page.x1 + 1
        assert extent.y0 >= -1
        assert extent.y1 <= page.y1 + 1


@pytest.mark.parametrize("with_own", [True, False])
@pytest.mark.parametrize("draw", [draw_forest, draw_forest_table], ids=lambda f: f.__name__)
def test_forest_plots_with_and_without_a_cohort(study, tmp_path, draw, with_own):
    tables = study / "tables" if with_own else None
    draw(audit=study / "audit", tables=tables, output=tmp_path / "forest", notice=NOTICE)
    assert (tmp_path / "forest.svg").stat().st_size > 10_000
    assert (tmp_path / "forest.png").is_file()


def test_forest_shows_every_published_row_and_the_own_ones(study):
    points = _points(study / "audit", study / "tables")
    assert (points["source"] == "published").sum() == 24
    own = points[points["source"] == "this study"].set_index("key")
    assert own.loc[[("t1,t1ce,t2", "resnet10")], "sens"].item() == pytest.approx(7 / 9, abs=1e-6)
    published = points[points["source"] == "published"].set_index("key")
    assert published.loc[[("t1,t1ce,t2", "resnet10")], "auc"].item() == 0.83
    order = _order(points)
    assert len(order) == 24
    # Single sequences first.
    assert [("," in inputs) for inputs, _ in order] == sorted("," in inputs for inputs, _ in order)
