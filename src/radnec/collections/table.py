"""The table of cases of a collection."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from radnec.collections.clinical import read_clinical
from radnec.collections.layout import Visit, find_visits
from radnec.collections.recipe import Recipe, Tables
from radnec.core.errors import InputError
from radnec.core.sequences import SEQUENCES
from radnec.ingest.commands.join_labels import join_labels


@dataclasses.dataclass(frozen=True)
class CollectionTable:
    """A table of cases made from a collection.

    Attributes
    ----------
    cases
        One row a visit; ``label`` is empty where there is none.
    visits
        The visits of the rows, in their order.
    notes
        What the person has to know beside the table, one sentence each.
    """

    cases: pd.DataFrame
    visits: tuple[Visit, ...]
    notes: tuple[str, ...]


def make_table(
    recipe: Recipe,
    folder: Path,
    *,
    clinical: Path | None = None,
    labels: Path | None = None,
    near_label: bool = False,
) -> CollectionTable:
    """Make the table of cases of a downloaded collection.

    Parameters
    ----------
    folder
        The download; the visits may lie at any depth.
    clinical
        The folder with the clinical tables, where it is another.
    labels
        A table with the columns folder and label; see `radnec.ingest.commands.join_labels`.
    near_label
        Whether the recipe's near label is taken for the label.

    Returns
    -------
    CollectionTable
        With labels of either kind, only the visits that have one.

    Raises
    ------
    InputError
        If the images or clinical tables are not what the recipe was written for, the labels do not
        fit, or a near label is asked for that the collection has not.
    """
    if near_label and (recipe.near is None or labels is not None):
        reason = f"{recipe.name} has no near label" if recipe.near is None else "--labels is given"
        raise InputError(
            f"--near-label: {reason}, expected labels from one source: --labels TABLE, or the near "
            "label of a collection that has one"
        )
    visits, empty = find_visits(folder, recipe.layout)
    where = clinical or folder
    tables = {name: read_clinical(where, table) for name, table in recipe.clinical.items()}
    cases = pd.DataFrame([_row(recipe, tables, visit) for visit in visits]).fillna("")
    cases.insert(1, "label", "")
    notes = [*_notes_on_images(visits, empty), *_notes_on_patients(tables, visits)]
    notes += _notes_on_people(cases)
    if labels is not None:
        cases = join_labels(cases, labels)
    elif near_label and recipe.near is not None:
        decided = recipe.near.derive(tables, visits)
        cases["label"] = [decided.get(case, ("", ""))[0] for case in cases["case"]]
        cases["x_label_from"] = [decided.get(case, ("", ""))[1] for case in cases["case"]]
    return _labelled(recipe, cases, visits, notes, chosen=near_label or labels is not None)


def _row(recipe: Recipe, tables: Tables, visit: Visit) -> dict[str, str]:
    cells = dict(recipe.describe(tables, visit))
    remarks = [cells.pop("x_note", ""), *(f"no {name}" for name in visit.missing)]
    images = {s: str(visit.files[s]) if s in visit.files else "" for s in SEQUENCES}
    if recipe.layout.lesion:
        images["lesion"] = "" if visit.lesion is None else str(visit.lesion)
    return {
        "case": visit.case,
        "patient": visit.patient,
        **images,
        **cells,
        "x_folder": visit.folder,
        "x_note": "; ".join(filter(None, remarks)),
    }


def _labelled(
    recipe: Recipe, cases: pd.DataFrame, visits: Sequence[Visit], notes: list[str], *, chosen: bool
) -> CollectionTable:
    """Keep the visits with a label once labels were asked for; else say that there is none."""
    if not chosen:
        notes.append(
            f"no labels: {recipe.labels}. A study refuses the table until the column label is "
            "filled: --labels TABLE with the columns folder and label"
            + (", or --near-label" if recipe.near else "")
        )
        return CollectionTable(cases, tuple(visits), tuple(notes))
    kept = cases["label"] != ""
    if not kept.any():
        raise InputError(f"{recipe.name}: no visit with images has a label, expected at least one")
    if recipe.near is not None and "x_label_from" in cases:
        notes.append(f"the label is near the diagnosis and is not it: {recipe.near.derivation}")
    counts = ", ".join(f"{n} {label}" for label, n in sorted(Counter(cases["label"][kept]).items()))
    notes.append(f"labels: {counts}; {int((~kept).sum())} visits without a label are left out")
    return CollectionTable(
        cases[kept].reset_index(drop=True),
        tuple(visit for visit, keep in zip(visits, kept, strict=True) if keep),
        tuple(notes),
    )


def _notes_on_images(visits: Sequence[Visit], empty: Sequence[str]) -> list[str]:
    notes = []
    if lacking := [visit for visit in visits if visit.missing]:
        first = lacking[0]
        notes.append(
            f"visits that lack images (column x_note): {len(lacking)}, such as {first.folder} "
            f"without {', '.join(first.missing)}"
        )
    if empty:
        notes.append(
            f"folders of visits without any of the images, left out: {len(empty)}, such as "
            f"{empty[0]}"
        )
    return notes


def _notes_on_patients(tables: Tables, visits: Sequence[Visit]) -> list[str]:
    """Name those of the clinical tables of whom no image was found."""
    known = {visit.patient for visit in visits} | {visit.folder for visit in visits}
    notes = []
    for name, rows in tables.items():
        if without := ["/".join(key) for key in rows if "/".join(key) not in known]:
            notes.append(
                f"rows of the table of {name} without images, left out: {len(without)}, such as "
                f"{without[0]}"
            )
    return notes


def _notes_on_people(cases: pd.DataFrame) -> list[str]:
    return [
        f"visits with an empty {column}, since it is missing or cannot be read as one: {empty}"
        for column in ("age", "sex")
        if (empty := int((cases[column] == "").sum()))
    ]
