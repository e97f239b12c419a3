"""Where a collection keeps the images of a visit, and the visits that are there."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path

from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES


@dataclasses.dataclass(frozen=True)
class Layout:
    """How folders and files of a collection are called.

    Attributes
    ----------
    visit
        The last folders of a visit's path, joined by ``/``; has the groups ``patient`` and
        ``visit``.
    shown
        The same for people, in messages.
    files
        Sequence to the file's name in the folder of a visit; ``{patient}`` and ``{visit}`` are
        filled in.
    lesion
        The drawn lesion, likewise; empty where the collection has none.
    """

    visit: re.Pattern[str]
    shown: str
    files: Mapping[str, str]
    lesion: str = ""


@dataclasses.dataclass(frozen=True)
class Visit:
    """One visit whose images were found.

    Attributes
    ----------
    patient, visit
        As the collection calls them.
    folder
        Path of the visit below the folder that holds all patients, joined by ``/``.
    files
        Sequence to image, for those that are there.
    lesion
        The drawn lesion, where there is one.
    missing
        Names of the images that the layout has and the folder has not.
    """

    patient: str
    visit: str
    folder: str
    files: Mapping[str, Path]
    lesion: Path | None
    missing: tuple[str, ...]

    @property
    def case(self) -> str:
        """The id of the case: the visit's folders, joined by underscores."""
        return self.folder.replace("/", "_")


def find_visits(folder: Path, layout: Layout) -> tuple[list[Visit], list[str]]:
    """Return the visits below a folder, and the folders of visits without any image.

    Raises
    ------
    InputError
        If there is no visit with an image, or a visit is there twice.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder, expected the downloaded collection")
    depth = layout.shown.count("/") + 1
    found: dict[str, tuple[Path, Visit]] = {}
    empty = []
    for place, below, _ in os.walk(folder):
        below.sort()
        path = Path(place)
        name = "/".join(path.absolute().parts[-depth:])
        named = layout.visit.fullmatch(name)
        if named is None:
            continue
        below.clear()
        visit = _visit(path, name, named, layout)
        if not visit.files:
            empty.append(name)
        elif name in found:
            raise InputError(
                f"{folder}: found {name} twice, as {found[name][0]} and {path}, expected one copy "
                "of the collection"
            )
        else:
            found[name] = path, visit
    if not found:
        example = ", ".join(layout.files.values())
        raise InputError(
            f"{folder}: found no visit with images{_such(empty)}, expected folders "
            f"{layout.shown} with {example}"
        )
    return [found[name][1] for name in sorted(found)], sorted(empty)


def _visit(path: Path, name: str, named: re.Match[str], layout: Layout) -> Visit:
    patient, visit = named["patient"], named["visit"]

    def called(template: str) -> str:
        return template.format(patient=patient, visit=visit)

    expected = {s: called(layout.files[s]) for s in SEQUENCES if s in layout.files}
    files = {s: path / file for s, file in expected.items() if (path / file).is_file()}
    lesion = path / called(layout.lesion) if layout.lesion else None
    return Visit(
        patient=patient,
        visit=visit,
        folder=name,
        files=files,
        lesion=lesion if lesion is not None and lesion.is_file() else None,
        missing=tuple(file for s, file in expected.items() if s not in files),
    )


def _such(empty: list[str]) -> str:
    return f" ({len(empty)} folders of visits without, such as {empty[0]})" if empty else ""
