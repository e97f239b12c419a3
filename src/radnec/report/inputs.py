"""What the report is made from: every file by name, none searched for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class ReportInputs:
    """Files of a study that its report shows.

    A required file that is missing is an error. An optional one that is None, or an empty
    collection, leaves its section out; one that is named has to be there.

    Attributes
    ----------
    study
        Name of the study.
    phantom
        Whether the cohort is simulated.
    notice
        What every reader must know about the data.
    cohort
        cohort/cases.tsv: every case with status, stage and reason.
    tables
        ``table1`` to ``table6``: the Markdown form of each.
    figures
        ``figure1`` to ``figure5``: SVG or PNG of each.
    config
        The configuration as used, YAML.
    model
        Backbone and input set of figures 4 and 5, as ``densenet121/fused``.
    whole
        table1_whole.md: all cases that came in, included, excluded and by site.
    training_figure
        Learning curves (see :func:`radnec.figures.training.draw_training`).
    cards
        card.json of each run, for the table of networks.
    evaluation
        Folder of the statistics beside the tables: metrics.tsv, comparisons.tsv, planning.tsv.
    evaluation_figures
        Title to picture: calibration, precision-recall, decision curve and others, in order.
    patient_figures
        Title to picture: the probabilities by class, and over the runs.
    scanner_use
        Table of whether predictions go with the scanner once the label is given.
    subgroups, sites, confounding
        Tables of the subgroups, of the models across sites, and of how well scanner and
        acquisition alone predict the label.
    audit
        Folder of the published study recomputed: audit.md and performance.tsv.
    audit_figures
        Title to picture: published intervals beside those of this study.
    explanation
        Folder of the tests of the maps (see :func:`radnec.explain.evaluate.evaluate_maps`).
    explanation_figure
        Their figure.
    maps_summary
        summary.tsv of the maps, for the grid they were made on.
    quality
        Table (TSV) of the quality control, worst case first.
    quality_pages
        Pictures of the quality control, named after their cases, in a folder beside the report.
    strip_network
        What `fetch_hdbet` wrote of the networks of the skull stripping; none without a network.
    case_pictures
        A small picture of each case with its map, named after the case.
    external
        Name of each external cohort to the folder of its results.
    pages
        Title to address of the pages beside the report, relative to it.
    """

    study: str
    phantom: bool
    notice: str
    cohort: Path
    tables: Mapping[str, Path]
    figures: Mapping[str, Path]
    config: Path
    model: str
    whole: Path | None = None
    training_figure: Path | None = None
    cards: Sequence[Path] = ()
    evaluation: Path | None = None
    evaluation_figures: Mapping[str, Path] = field(default_factory=dict)
    patient_figures: Mapping[str, Path] = field(default_factory=dict)
    scanner_use: Path | None = None
    subgroups: Path | None = None
    sites: Path | None = None
    confounding: Path | None = None
    audit: Path | None = None
    audit_figures: Mapping[str, Path] = field(default_factory=dict)
    explanation: Path | None = None
    explanation_figure: Path | None = None
    maps_summary: Path | None = None
    quality: Path | None = None
    quality_pages: Sequence[Path] = ()
    strip_network: Path | None = None
    case_pictures: Sequence[Path] = ()
    external: Mapping[str, Path] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
