"""A patient's images, prepared beside the process that has the networks."""

from __future__ import annotations

from pathlib import Path

from radnec.apply.prepare.mask import predict_mask
from radnec.apply.prepare.request import Request
from radnec.apply.prepare.stages import convert, register, strip_and_normalise
from radnec.apply.side import Side


class Preparing:
    """A patient whose images are being prepared.

    The stages run beside this process, which meanwhile loads networks or answers for another
    patient. The network that outlines the brain runs here, since here torch is loaded: it reads
    the reference alone, which registration passes on as it is.

    Parameters
    ----------
    side
        Takes the stages; they begin at once.
    """

    def __init__(self, side: Side, request: Request) -> None:
        self.request = request
        self._side = side
        self._converted = side.submit(convert, request)
        self._registered = side.submit(register, request)

    def normalised(self, device: str, threads: int) -> Path:
        """Wait for the images.

        Parameters
        ----------
        device, threads
            Of the network that outlines the brain.

        Returns
        -------
        Path
            Folder with the normalised volumes, ``<sequence>.nii.gz``.

        Raises
        ------
        SequencesMissing
            If a sequence that the networks read is not there; says which are.
        InputError
            If the images cannot be used for another reason: says at which stage, and why. If the
            study's networks read cut-outs around the lesion, which for this patient nobody has
            drawn.
        """
        self._converted.result()
        masks = predict_mask(self.request, device, threads)
        self._registered.result()
        self._side.submit(strip_and_normalise, self.request, masks).result()
        return self.request.folder / "normalised"
