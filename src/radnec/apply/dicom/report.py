"""The answer as a structured report: DICOM PS3.16, template TID 1500."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

import highdicom
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from radnec.apply.dicom.codes import ANSWER, NECROSIS, P_NECROSIS, P_RECURRENCE, RECURRENCE
from radnec.apply.dicom.equipment import (
    MANUFACTURER,
    REPORT,
    identity,
    software_version,
)
from radnec.apply.dicom.source import SourceSeries, derived_uid
from radnec.core.labels import POSITIVE

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
        measurements=_measurements(each),
        qualitative_evaluations=[
            highdicom.sr.QualitativeEvaluation(
                name=ANSWER,
                value=NECROSIS if answer["predicted"] == POSITIVE else RECURRENCE,
            )
        ],
    )
    content = highdicom.sr.MeasurementReport(
        observation_context=_observed_by_software(source),
        procedure_reported=_MR_BRAIN,
        imaging_measurements=[group],
        title=codes.DCM.ImagingMeasurementReport,
    )
    content[0].ContentSequence.append(
        highdicom.sr.TextContentItem(
            name=codes.DCM.Comment,
            value=str(answer["notice"]),
            relationship_type=highdicom.sr.RelationshipTypeValues.CONTAINS,
        )
    )
    return highdicom.sr.ComprehensiveSR(
        evidence=list(source.images),
        content=content,
        is_complete=True,
        **identity(REPORT, source, model, digest),
    )


def _measurements(each: Sequence[float]) -> list[highdicom.sr.Measurement]:
    """Return mean, extremes and standard deviation of the networks' probabilities of necrosis."""
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
