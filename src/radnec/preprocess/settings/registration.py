"""Settings of the registration: the section `registration` of the configuration."""

from __future__ import annotations

from typing import Literal

from radnec.core.settings import NotNegative, Positive, Settings, Share


class RegistrationSettings(Settings):
    """How the sequences of a case are brought onto the grid of one of them."""

    method: Literal["rigid", "given"] = "rigid"
    """given: the images come registered

    They are checked, then passed on.

    Change: for data that come registered, such as UCSD-PTGBM or BraTS
    """
    interpolation: Literal["linear", "lanczos"] = "linear"
    """or lanczos

    Of the one resampling; `lanczos` is a windowed sinc.

    Change: rarely
    """
    on_failure: Literal["exclude", "keep"] = "exclude"
    """or keep, with a warning

    What becomes of a case whose registration fails twice.

    Change: after a look at the quality control
    """
    max_rotation: Positive = 30.0
    """degrees; more is taken for a failure

    Change: if patients lie very differently
    """
    max_translation: Positive = 60.0
    """mm at the centre of the head

    More is taken for a failure.

    Change: if patients lie very differently
    """
    min_overlap: Share = 0.7
    """share of the reference's head that has to be covered

    Change: if patients lie very differently
    """
    min_distinctness: NotNegative = 1.5
    """times the information shared 15 mm or 12 degrees beside

    How many times more information the images have to share where they were brought than beside.

    Change: if patients lie very differently
    """
