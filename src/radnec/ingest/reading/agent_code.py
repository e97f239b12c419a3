"""The contrast agent as a code, in files that leave its name empty."""

from __future__ import annotations

from radnec.ingest.reading.elements import Encoding, Raw, first_item
from radnec.ingest.reading.tags import AGENT, AGENT_SEQUENCE

_CODE_VALUE, _CODE_MEANING = 0x00080100, 0x00080104


def name_agent(found: dict[int, Raw], encoding: Encoding) -> None:
    """Put the agent's code, as its meaning or else its value, where its name belongs.

    Contrast/Bolus Agent (0018,0010) may be empty where Contrast/Bolus Agent Sequence (0018,0012)
    holds a code of DICOM PS3.16 CID 12.
    """
    sequence = found.pop(AGENT_SEQUENCE, None)
    name = found.get(AGENT)
    if sequence is None or (name and name.value.strip(b" \0")):
        return
    code = first_item(sequence, encoding, frozenset({_CODE_VALUE, _CODE_MEANING}))
    for tag in (_CODE_MEANING, _CODE_VALUE):
        if tag in code and code[tag].value.strip(b" \0"):
            found[AGENT] = Raw("LO", code[tag].value)
            return
