"""The head template with its brain mask: where it is looked up."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import NamedTuple

from radnec.core.errors import InputError

_NAME = "tpl-MNI152NLin6Asym"


class Template(NamedTuple):
    """A head with skull, and the mask of its brain."""

    head: Path
    mask: Path


def find_template(head: str, mask: str) -> Template:
    """Return the template: configured, else TemplateFlow's, else the one nimare carries.

    TemplateFlow's folder is looked at, not downloaded to. The nimare package holds
    MNI152NLin6Asym at 1 and 2 mm with its skull (Grabner et al. 2006, MICCAI 9:58); it is found
    without being imported, which would take seconds.

    Parameters
    ----------
    head, mask
        Configured paths; both empty to look further.

    Raises
    ------
    InputError
        If a configured file is missing, only one is configured, or none is found.
    """
    if head or mask:
        template = Template(Path(head), Path(mask))
        for key, path in zip(("atlas_head", "atlas_mask"), template, strict=True):
            if not path.is_file():
                raise InputError(
                    f"skull_strip.{key} is {str(path)!r}: expected an existing NIfTI file "
                    "(set both atlas_head and atlas_mask, or neither)"
                )
        return template
    folders = [_templateflow() / _NAME]
    nimare = importlib.util.find_spec("nimare")
    if nimare is not None and nimare.submodule_search_locations:
        folders.append(Path(nimare.submodule_search_locations[0]) / "resources" / "templates")
    for folder in folders:
        template = Template(
            folder / f"{_NAME}_res-02_T1w.nii.gz",
            folder / f"{_NAME}_res-02_desc-brain_mask.nii.gz",
        )
        # TemplateFlow keeps empty files in the place of what it has not downloaded.
        if all(path.is_file() and path.stat().st_size for path in template):
            return template
    raise InputError(
        "skull_strip.backend is 'atlas' but there is no template: set skull_strip.atlas_head and "
        f"skull_strip.atlas_mask, or install nimare (looked in {', '.join(map(str, folders))})"
    )


def _templateflow() -> Path:
    """Return TemplateFlow's folder, by its own rule."""
    home = os.environ.get("TEMPLATEFLOW_HOME")
    return Path(home) if home else Path.home() / ".cache" / "templateflow"
