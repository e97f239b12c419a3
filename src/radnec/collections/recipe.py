"""What a recipe for a collection consists of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from radnec.collections.clinical import ClinicalTable, Rows
from radnec.collections.layout import Layout, Visit

Tables = Mapping[str, Rows]
"""The clinical tables of a recipe, each under the recipe's name for it."""


@dataclasses.dataclass(frozen=True)
class NearLabel:
    """A label that is near the question without answering it.

    Attributes
    ----------
    derivation
        How it is derived, and why it is not the diagnosis, for the person who asks for it.
    derive
        Of the clinical tables and the visits: case to its label and to what it was read from.
    """

    derivation: str
    derive: Callable[[Tables, Sequence[Visit]], Mapping[str, tuple[str, str]]]


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How one public collection becomes a table of cases.

    Attributes
    ----------
    name
        What the command calls it.
    title
        What the collection calls itself, and where it is.
    layout
        Its folders and files.
    clinical
        Its clinical tables, each under a name of the recipe's.
    describe
        Of the clinical tables and one visit: columns of the table of cases to cells.
    labels
        What the collection says of the diagnosis, in one sentence.
    lesion_labels
        The values of the drawn lesion's mask that are tumour; empty without masks.
    near
        A near label, where there is one.
    """

    name: str
    title: str
    layout: Layout
    clinical: Mapping[str, ClinicalTable]
    describe: Callable[[Tables, Visit], Mapping[str, str]]
    labels: str
    lesion_labels: tuple[int, ...] = ()
    near: NearLabel | None = None
