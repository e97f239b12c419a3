"""The model of the whole configuration: the paper's study is its defaults (Ying et al. 2025)."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Len
from pydantic import BeforeValidator, StringConstraints

from radnec.cohort.design import SplitSettings
from radnec.cohort.select import SelectionSettings
from radnec.comparators.settings import ComparatorsSettings
from radnec.config.sections import (
    ExplainSection,
    FiguresSettings,
    ModelsSettings,
    PackSettings,
    QualitySettings,
    ResourcesSettings,
)
from radnec.core.expectations import Expected
from radnec.core.sequences import SequenceName
from radnec.core.settings import File, OptionalPath, Settings, Values, Whole
from radnec.evaluate.settings import EvaluationSettings
from radnec.ingest.settings import IngestSettings
from radnec.novelty.settings import NoveltySettings
from radnec.phantom.settings import PhantomSettings
from radnec.preprocess.settings.hd_bet_weights import HdBetWeightsSettings
from radnec.preprocess.settings.lesion import LesionSettings
from radnec.preprocess.settings.normalisation import NormalisationSettings
from radnec.preprocess.settings.registration import RegistrationSettings
from radnec.preprocess.settings.skull_strip import SkullStripSettings
from radnec.training.settings import TrainingSettings


def _code(value: object) -> object:
    """Return a code of the table of cases, where the cells are text, as text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class StudyConfig(Settings):
    """Every key of the configuration of a study."""

    study: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"),
        Expected("a folder name of at most 64 letters, digits, '_' or '-'"),
    ] = "study"
    """results go to results/<study>/

    Change: always, for a study of your own
    """
    cases: File = "config/cases.tsv"
    """one row a case

    The table of cases, see below.

    Change: always
    """
    label_map: dict[Annotated[str, BeforeValidator(_code)], Literal["recurrence", "necrosis"]] = {}
    """codes in the label column, e.g. {"0": recurrence, "1": necrosis}

    Change: if your table has codes
    """
    seed: Annotated[Whole, Ge(0)] = 1573700
    """of everything random

    Change: to see what chance does
    """
    bids: OptionalPath = None
    """root of a BIDS dataset, for rows with bids_subject

    Change: if rows name a `bids_subject`
    """
    series_overrides: OptionalPath = None
    """TSV that says by hand which series is which sequence

    Its columns are `case`, `series` and `sequence`.

    Change: when a case is excluded as ambiguous: its reason holds the line to add
    """
    study_record: OptionalPath = None
    """YAML of what only the authors know, for the reporting checklists

    Title, centres, dates, ethics, registration, funding and others; config/study.yaml has every
    field.

    Change: before you submit a manuscript
    """
    external: dict[
        Annotated[
            str,
            StringConstraints(pattern=r"^[a-z](_?[a-z0-9]){0,31}$"),
            Expected("of at most 32 lower-case letters, digits or single '_', a letter first"),
        ],
        File,
    ] = {}
    """external cohorts: a name, and its table of cases, e.g. {elsewhere: elsewhere.tsv}

    The networks of the study are applied to these cases once they are trained; nothing is trained
    on them or chosen by them. The labels are read by the same label_map.

    Change: to validate on cases of another hospital
    """
    cohort: Literal["patients", "phantom"] = "patients"
    """or phantom: simulate the cases of the table (make demo)

    Change: never, for a study
    """
    phantom: PhantomSettings = PhantomSettings()
    """how far the simulated patients and scans are from ideal"""
    ingest: IngestSettings = IngestSettings()
    """which series is which sequence, and its conversion to NIfTI"""
    selection: SelectionSettings = SelectionSettings()
    """which cases go on"""
    registration: RegistrationSettings = RegistrationSettings()
    """of the sequences of a case to one of them"""
    skull_strip: SkullStripSettings = SkullStripSettings()
    """everything but the brain taken out"""
    hd_bet_weights: HdBetWeightsSettings = HdBetWeightsSettings()
    """the network of skull_strip.backend hd-bet"""
    normalisation: NormalisationSettings = NormalisationSettings()
    """to the volumes that the networks read"""
    lesion: LesionSettings = LesionSettings()
    """where the lesion is, for what looks at it alone"""
    pack: PackSettings = PackSettings()
    """how they are stored"""
    qc: QualitySettings = QualitySettings()
    """quality control"""
    split: SplitSettings = SplitSettings()
    """into training and test set"""
    input_sets: Annotated[
        dict[
            Annotated[
                str,
                StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$"),
                Expected("of lower-case letters, digits, '_' or '-'"),
            ],
            Values[SequenceName],
        ],
        Len(1),
    ] = {"t1": ("t1",), "t1ce": ("t1ce",), "t2": ("t2",), "fused": ("t1", "t1ce", "t2")}
    """a name, and the sequences that become the channels

    In this order.

    Change: to try other combinations, FLAIR included
    """
    models: ModelsSettings = ModelsSettings()
    """which networks are trained"""
    training: TrainingSettings = TrainingSettings()
    """the first three as printed, the others this project's choice"""
    comparators: ComparatorsSettings = ComparatorsSettings()
    """models of other kinds, on the same folds"""
    evaluation: EvaluationSettings = EvaluationSettings()
    """the statistics"""
    explain: ExplainSection = ExplainSection()
    """the maps of what a network looks at"""
    novelty: NoveltySettings = NoveltySettings()
    """whether the next patient is like the cases of the study"""
    figures: FiguresSettings = FiguresSettings()
    """how they are drawn"""
    resources: ResourcesSettings = ResourcesSettings()
    """never part of what reruns"""

    def sequences_used(self) -> list[str]:
        """Return the sequences that at least one trained input set reads, sorted."""
        if not self.models.backbones:
            return []
        return sorted({s for name in self.models.inputs for s in self.input_sets[name]})
