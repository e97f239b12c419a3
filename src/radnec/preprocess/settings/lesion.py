"""Settings of the lesion: the section `lesion` of the configuration."""

from __future__ import annotations

from typing import Literal

from radnec.core.settings import Count, Flag, NotNegative, Positive, Settings, UniqueList


class LesionSettings(Settings):
    """Where the lesion of a case is, for radiomics and for volumes cut out around it."""

    labels: UniqueList[Count] = ()
    """values of the drawn mask that are lesion; empty: all above zero

    Where a mask distinguishes oedema, for instance, name the other values.

    Change: with masks of several values
    """
    without_mask: Literal["enhancement", "brain"] = "enhancement"
    """what stands for the lesion where none is drawn: enhancement, or the brain

    `enhancement`: the largest part of the brain that is brighter with contrast agent than without.

    Change: where T1 and T1ce cannot be compared
    """
    threshold: Positive = 5.0
    """robust standard deviations by which enhancing tissue is brighter

    Chosen on simulated lesions, see docs/comparators.md.

    Change: after a look at quality/lesions.tsv
    """
    crop: Flag = False
    """true: networks see the lesion and its surroundings instead of the brain

    Change: where lesions are drawn
    """
    margin: NotNegative = 15.0
    """mm around the lesion, with crop

    Change: with `crop`
    """
