"""What kind of study it is, with which data and limits."""

from __future__ import annotations

from radnec.report.submission.facts import RunFacts
from radnec.report.submission.subjects.phrases import Link, counted


def study_subjects(facts: RunFacts, link: Link) -> dict[str, str]:
    """Return what the study is and for whom, subject to answer in Markdown."""
    backbones = ", ".join(facts.config.models.backbones)
    guidelines = (
        "CLAIM 2024, TRIPOD+AI and CLEAR" if facts.radiomics else "CLAIM 2024 and TRIPOD+AI"
    )
    return {
        "kind": f"Deep learning: 3D convolutional neural networks ({backbones}).",
        "aim": "Development of networks that tell glioma recurrence from radiation necrosis, and "
        "their evaluation on cases that they were not trained on; diagnostic, not prognostic.",
        "data": f"{counted(facts, link)}."
        + (" The cases are simulated (physics phantom)." if facts.phantom else ""),
        "guidelines": f"{guidelines}, filled from the run, are beside this file.",
        "settings": f"Every setting is in {link('config.yaml', 'config.yaml')}; inputs, code and "
        f"results with checksums in {link('the record', 'ro-crate-metadata.json')}.",
        "limits": f"Listed in {link('the report', 'report.html#limits')}: "
        + " ".join(one.text for one in facts.first.caveats),
        "users": "The model is applied with one command to a folder of DICOM or NIfTI; the result "
        "is for research only. Reading it needs knowledge of neuroradiology.",
        "poor_input": "A case whose images are missing, too few or fail registration or skull "
        "stripping is refused with the reason; a dubious one gets a remark.",
    }
