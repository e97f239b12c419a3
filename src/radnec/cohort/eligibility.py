"""The paper's inclusion criteria, from optional columns of the table of cases.

Ying et al. 2025, "Patient data and imaging protocol" and Figure 1: a pathological
diagnosis, a history of radiotherapy, a lesion that is not the primary glioma.
"""

from __future__ import annotations

from collections.abc import Mapping

# column, the value that excludes, the reason as the reader sees it
CRITERIA = (
    ("pathology", "no", "no pathological diagnosis"),
    ("radiotherapy", "no", "no history of radiotherapy"),
    ("primary_glioma", "yes", "primary glioma"),
)


def ineligible(row: Mapping[str, str]) -> str:
    """Return the first criterion that excludes this row of the table; empty if none does.

    An empty cell or an absent column excludes nobody: whoever fills in no criteria has
    applied them already.
    """
    for column, excludes, reason in CRITERIA:
        if row.get(column, "") == excludes:
            return reason
    return ""
