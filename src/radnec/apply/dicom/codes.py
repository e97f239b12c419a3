"""Codes of this project for what no public scheme has a code for."""

from __future__ import annotations

from pydicom.sr.coding import Code

SCHEME = "99RADNEC"
"""Coding scheme of this project for what no public scheme has a code for (99: private)."""

P_NECROSIS = Code("p_necrosis", SCHEME, "Probability of radiation necrosis")
P_RECURRENCE = Code("p_recurrence", SCHEME, "Probability of glioma recurrence")
ANSWER = Code("answer", SCHEME, "Class with the higher probability")
NECROSIS = Code("necrosis", SCHEME, "Radiation necrosis")
RECURRENCE = Code("recurrence", SCHEME, "Glioma recurrence")
P_RECALIBRATED = Code("p_recalibrated", SCHEME, "Recalibrated probability of radiation necrosis")
CALL = Code("call", SCHEME, "Class of the conformal prediction set")
UNDECIDED = Code("undecided", SCHEME, "Undecided")
LIKE_STUDY = Code("like_study", SCHEME, "Patient like the cases of the study")
ACTIVATION = Code("activation", SCHEME, "Class activation map of the answer")
