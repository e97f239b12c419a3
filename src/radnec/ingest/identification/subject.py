"""Is it a head at all? What the headers can say about phantoms, fruit and other body parts."""

from __future__ import annotations

from radnec.ingest.identification.vocabulary import fold, meanings, test_object
from radnec.ingest.reading.types import Header, texts

# Fields that describe what is scanned: whole words for a test object count here. In a study's
# name and a patient's fields they are places and surnames as well (Orange County, Mr Lemon).
_DESCRIBING = ("SeriesDescription", "ProtocolName", "PatientSpeciesDescription")
_PATIENT = ("PatientName", "PatientID")
_REMARKS = ("PatientName", "PatientID", "PatientComments", "ImageComments", "StudyDescription")
_NEWBORN_KG = 15.0
# Body parts of DICOM PS3.16 annex L that are no words for it in a series description.
_OTHER_PARTS = frozenset({"hip", "hand", "arm", "leg", "aorta", "tmj", "sspine", "iliac"})


def not_a_head(header: Header) -> str:
    """Return why a series does not show a head; empty when nothing says so.

    Patient fields are looked at for words that name test objects, and never repeated.
    """
    part = " ".join(fold(text) for text in texts(header, ("BodyPartExamined",)))
    named = meanings(texts(header, ("SeriesDescription", "ProtocolName")))
    studied = meanings(texts(header, ("StudyDescription",)))
    described = test_object([*texts(header, _DESCRIBING), part])
    study = texts(header, ("StudyDescription",))
    patient = test_object(texts(header, _PATIENT))
    if "phantom" in described | patient | test_object(study):
        return "a phantom by the names in the headers"
    # A study that is called by the fruit alone, and not "Pineapple Valley MRI".
    alone = test_object(study) if all(len(fold(text).split()) == 1 for text in study) else set()
    if "fruit" in described | patient | alone or ("perhaps fruit" in described and part != "head"):
        return "a fruit or vegetable by the names in the headers"
    if "service" in described and "head" not in named | studied and part not in ("head", "brain"):
        return "a phantom or service scan by the names in the headers"
    if "head" in named:
        return ""
    if "not head" in named:
        return "another part of the body by the names in the headers"
    # What is no known part of the body at all, in whatever language, may be a head.
    other = part in _OTHER_PARTS or "not head" in meanings([part])
    if other and "head" not in meanings([part]) | studied:
        return "another part of the body by Body Part Examined"
    return ""


def doubts(header: Header) -> list[str]:
    """Return what makes the subject improbable without proving anything."""
    found = []
    said = test_object(texts(header, (*_DESCRIBING, *_REMARKS)))
    if said & {"fruit", "perhaps fruit"}:
        found.append("a header field holds the word for a fruit: a test object, or a name?")
    if said & {"phantom", "service", "perhaps service"}:
        found.append("a header field holds a word for service or quality checks: a test object?")
    age, weight = header.get("PatientAge"), header.get("PatientWeight")
    if age in ("000Y", "000D") and isinstance(weight, float) and weight > _NEWBORN_KG:
        found.append("age 0 and the weight of an adult: a test object, or a removed age?")
    return found
