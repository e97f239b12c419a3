"""The recipes by name."""

from __future__ import annotations

from radnec.collections import lumiere, mu_glioma_post, ucsd_ptgbm

RECIPES = {one.RECIPE.name: one.RECIPE for one in (lumiere, mu_glioma_post, ucsd_ptgbm)}
