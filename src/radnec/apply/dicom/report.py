"""The answer as a structured report: DICOM PS3.16, template TID 1500."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

import highdicom
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from radnec.apply.dicom.codes import (
    ANSWER,
    CALL,
    LIKE_STUDY,
    NECROSIS,
    P_NECROSIS,
    P_RECALIBRATED,
    P_RECURRENCE,
    RECURRENCE,
    UNDECIDED,
)
from radnec.apply.dicom.equipment import REPORT, identity
from radnec.apply.dicom.source import SourceSeries, derived_uid
from radnec.apply.map_tests import map_lines
from radnec.apply.software import MANUFACTURER, software_version
from radnec.apply.text import doubt_lines, warnings
from radnec.core.labels import NEGATIVE, POSITIVE
from radnec.evaluate.next_patient.conformal import UNDECIDED as UNDECIDED_CALL

_MR_BRAIN = Code("24590-2", "LN", "MR Brain")


def structured_report(
    answer: Mapping[str, Any], source: SourceSeries, digest: str
) -> highdicom.sr.ComprehensiveSR:
    """Return the probabilities, their spread over the networks, the algorithm and the notice.

    Parameters
    ----------
    answer
        What `radnec.apply.predict.predict_patient` returns.
    digest
        See `radnec.apply.dicom.equipment.identity`.
    """
    model = str(answer["model"])
    each = [float(p) for p in answer["p_necrosis_of_each_network"].values()]
    algorithm = highdicom.sr.AlgorithmIdentification(
        name=f"{MANUFACTURER} {model}",
        version=software_version(),
        parameters=[
            f"study: {answer['study']}",
            f"sequences: {', '.join(answer['sequences'])}",
            f"networks: {len(each)}",
        ],
    )
    group = highdicom.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=highdicom.sr.TrackingIdentifier(
            uid=derived_uid("tracking", str(source.images[0].SeriesInstanceUID), model),
            identifier="whole brain",
        ),
        finding_sites=[highdicom.sr.FindingSite(anatomic_location=codes.SCT.Brain)],
        algorithm_id=algorithm,
        measurements=_measurements(each, answer["doubt"]["recalibrated"]),
        qualitative_evaluations=_evaluations(answer),
    )
    content = highdicom.sr.MeasurementReport(
        observation_context=_observed_by_software(source),
        procedure_reported=_MR_BRAIN,
        imaging_measurements=[group],
        title=codes.DCM.ImagingMeasurementReport,
    )
    said = "\n".join([*warnings(answer), *doubt_lines(answer["doubt"])])
    tested = "\n".join(["The study's own tests of its maps:", *map_lines(answer["map_tests"])])
    for text in filter(None, (said, tested, str(answer["notice"]))):
        content[0].ContentSequence.append(
            highdicom.sr.TextContentItem(
                name=codes.DCM.Comment,
                value=text,
                relationship_type=highdicom.sr.RelationshipTypeValues.CONTAINS,
            )
        )
    return highdicom.sr.ComprehensiveSR(
        evidence=list(source.images),
        content=content,
        is_complete=True,
        **identity(REPORT, source, model, digest),
    )


def _evaluations(answer: Mapping[str, Any]) -> list[highdicom.sr.QualitativeEvaluation]:
    """Return the answer, what its prediction set says, and whether the patient is like the study.

    What the study does not tell is left out.
    """
    named = {NEGATIVE: RECURRENCE, POSITIVE: NECROSIS, UNDECIDED_CALL: UNDECIDED}
    found = [(ANSWER, named[answer["predicted"]])]
    if decided := answer["doubt"]["set"]:
        found.append((CALL, named[decided["call"]]))
    unlike = answer["likeness"]["unlike"]
    if unlike is not None:
        found.append((LIKE_STUDY, codes.SCT.No if unlike else codes.SCT.Yes))
    return [highdicom.sr.QualitativeEvaluation(name=name, value=value) for name, value in found]


def _measurements(
    each: Sequence[float], recalibrated: Mapping[str, Any] | None
) -> list[highdicom.sr.Measurement]:
    """Return mean, extremes and standard deviation of the networks' probabilities of necrosis.

    And the recalibrated one, where the study has a recalibration.
    """
    mean = fmean(each)
    rows: list[tuple[Code, float, Code]] = [
        (P_NECROSIS, mean, codes.SCT.Mean),
        (P_RECURRENCE, 1.0 - mean, codes.SCT.Mean),
    ]
    if len(each) > 1:
        rows += [
            (P_NECROSIS, min(each), codes.SCT.Minimum),
            (P_NECROSIS, max(each), codes.SCT.Maximum),
            (P_NECROSIS, stdev(each), codes.SCT.StandardDeviation),
        ]
    if recalibrated:
        rows.append((P_RECALIBRATED, float(recalibrated["p_necrosis"]), codes.SCT.Mean))
    return [
        highdicom.sr.Measurement(
            name=name, value=round(value, 6), unit=codes.UCUM.NoUnits, derivation=derivation
        )
        for name, value, derivation in rows
    ]


def _observed_by_software(source: SourceSeries) -> highdicom.sr.ObservationContext:
    """Say that a program, and no person, made these observations."""
    return highdicom.sr.ObservationContext(
        observer_device_context=highdicom.sr.ObserverContext(
            observer_type=codes.DCM.Device,
            observer_identifying_attributes=highdicom.sr.DeviceObserverIdentifyingAttributes(
                uid=derived_uid("device", MANUFACTURER, software_version()),
                name="radnec predict",
                manufacturer_name=MANUFACTURER,
                model_name="radnec predict",
            ),
        )
    )
