"""Nothing that a header, a file name or a library says about them reaches a log or an error.

DICOM libraries quote header values and file names in warnings and exceptions, and both can
hold names. Inside `sealed` their messages are dropped: what is needed is said again, in this
project's own words, by the code that asked.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import traceback
import warnings
from collections.abc import Iterator

from pydicom import config as pydicom_config

from radnec.core.errors import CaseExcluded, InputError

log = logging.getLogger(__name__)
_TALKATIVE = ("pydicom", "dicom2nifti", "nibabel", "PIL")


@contextlib.contextmanager
def sealed(doing: str) -> Iterator[None]:
    """Run a block in which libraries stay silent and no exception carries foreign text.

    Parameters
    ----------
    doing
        What the block does, for the message of an unexpected error.

    Raises
    ------
    CaseExcluded, InputError
        As the block raised them: their text is this project's own.
    OSError, MemoryError, ImportError
        Of the same kind, without the path: the machine's fault.
    RuntimeError
        For anything else, with the type of the error and the line of code, not its text.
    """
    with _silence(), warnings.catch_warnings(), pydicom_config.disable_value_validation():
        warnings.simplefilter("ignore")
        try:
            yield
        except (CaseExcluded, InputError, ImportError, MemoryError):
            raise
        except OSError as error:
            number = error.errno or errno.EIO
            raise OSError(number, f"{os.strerror(number)} while {doing}") from None
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
            raise RuntimeError(f"{type(error).__name__} while {doing} ({where})") from None


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in _TALKATIVE]
    before = [(logger.disabled, logger.level) for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        yield
    finally:
        for logger, (_, level) in zip(loggers, before, strict=True):
            logger.setLevel(level)
