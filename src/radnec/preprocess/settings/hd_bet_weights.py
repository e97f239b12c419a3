"""Settings of HD-BET's network: the section `hd_bet_weights` of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from radnec.core.expectations import Expected
from radnec.core.settings import File, Settings


class HdBetWeightsSettings(Settings):
    """Where the network lies, and where it is published."""

    folder: File = "~/hd-bet_params/release_2.0.0"
    """HD-BET's own place; filled when it is empty

    The network is plans.json, dataset.json and fold_all/checkpoint_final.pth.

    Change: to share it between studies
    """
    url: str = "https://zenodo.org/records/14445620/files/release_v1.5.0.zip"
    """empty: never fetch

    The published archive, fetched once when the folder lacks the network.

    Change: on machines without internet
    """
    checksum: Annotated[
        str,
        StringConstraints(pattern=r"^(sha256:[0-9a-f]{64}|md5:[0-9a-f]{32})?$"),
        Expected('sha256:... or md5:... in hexadecimal, or ""'),
    ] = ""
    """sha256:... of the archive; empty: the one its Zenodo record states

    Change: to pin it
    """
