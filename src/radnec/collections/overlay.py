"""The configuration that a collection's images ask for, on top of config/config.yaml."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from radnec.collections import measure
from radnec.collections.layout import Visit
from radnec.collections.recipe import Recipe


def overlay(recipe: Recipe, visits: Sequence[Visit], cases: Path) -> str:
    """Return the overlay as YAML: the table, and the steps that were already done to the images.

    Whether the sequences of a visit lie on one grid, and whether the heads are gone, is measured
    on the images; what could not be decided stays a comment.
    """
    lines = [
        f"# Made by `radnec cohort {recipe.name}`: {recipe.title}.",
        "# An overlay on config/config.yaml: snakemake --configfile THIS_FILE",
        f"study: {recipe.name}",
        f"cases: {json.dumps(str(cases))}",
        *_registration(visits),
        *_skull(visits),
    ]
    if recipe.lesion_labels:
        lines += [
            "lesion:                        # core and enhancing tumour; not oedema, not cavity",
            f"  labels: {list(recipe.lesion_labels)}",
        ]
    return "\n".join(lines) + "\n"


def _registration(visits: Sequence[Visit]) -> list[str]:
    if measure.on_one_grid(visits):
        return [
            f"registration:                  # one grid for all sequences in {len(visits)} visits",
            "  method: given",
        ]
    return ["# registration stays the default: the sequences are not on one grid in each visit"]


def _skull(visits: Sequence[Visit]) -> list[str]:
    litres = measure.foreground_litres(visits)
    stripped = measure.without_skull(litres)
    if stripped is None:
        return ["# skull_strip stays the default: what the images show could not be told"]
    shown = f"{min(litres):.2f} to {max(litres):.2f} litres in {len(litres)} images"
    if stripped:
        return [
            f"skull_strip:                   # brains without a head: {shown}",
            "  backend: none",
        ]
    return [f"# skull_strip stays the default: heads, {shown} are not background"]
