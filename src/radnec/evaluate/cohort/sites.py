"""How the models do at each site, how far sites differ, and what to expect of a new one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from radnec.evaluate.measures.clustered import clustered_covariance, why_not_clustered
from radnec.evaluate.measures.operating_point import HIGHER_PROBABILITY, design_effects
from radnec.evaluate.models.predictions import Pooled

MEASURES = ("auc", "sens", "spec")
"""What is summarised over the sites."""

SUMMARY = ("value", "low", "high", "new_low", "new_high", "tau", "i2", "q_p")
"""What is said of a measure; without a number where it is not defined."""

_FEWEST_FOR_PREDICTION = 3


def across_sites(pooled: Pooled, sites: pd.Series, confidence: float) -> list[dict[str, Any]]:
    """Return a row for each measure: its mean over sites, and its range at a new site.

    Parameters
    ----------
    pooled
        Test predictions of one model.
    sites
        Site of each case of `pooled`, in its order; "" where none is named.
    confidence
        Level of the intervals.

    Returns
    -------
    list of dict
        ``measure``; ``sites``, how many could be used; ``value`` with ``low`` and ``high``, the
        mean over sites like these; ``new_low`` and ``new_high``, the prediction interval for one
        more such site; ``tau``, the standard deviation between sites on the logit scale; ``i2``,
        the share of the variance that is between sites; ``q_p``; ``notes``.

    Notes
    -----
    Random effects on the logit scale (for the AUC: Snell et al. 2018, Stat Methods Med Res
    27:3505), variance between sites by Paule and Mandel 1982, intervals by Hartung, Knapp, Sidik
    and Jonkman; the prediction interval with k - 2 degrees of freedom is that of Higgins, Thompson
    and Spiegelhalter 2009 (J R Stat Soc A 172:137), equation 12, with the variance of Hartung and
    Knapp. Proportions get half a case more on either side, so that a site without an error has a
    variance.
    """
    rows = []
    for measure in MEASURES:
        used, left_out = [], []
        for site in sorted(set(sites) - {""}):
            members = (sites == site).to_numpy()
            found = _on_logit_scale(measure, pooled, members)
            if found is None:
                left_out.append(site)
            else:
                used.append(found)
        notes = [f"no {measure} with a variance at: {', '.join(left_out)}"] if left_out else []
        row: dict[str, Any] = {"measure": measure, "sites": len(used)}
        row |= dict.fromkeys(SUMMARY, math.nan)
        if len(used) < 2:
            notes.append("not defined: fewer than two sites")
        else:
            effects, variances = np.array(used).T
            row |= random_effects(effects, variances, confidence)
            if len(used) < _FEWEST_FOR_PREDICTION:
                notes.append("no interval for a new site: fewer than three sites")
        rows.append({**row, "notes": "; ".join(notes)})
    return rows


def random_effects(
    effects: np.ndarray, variances: np.ndarray, confidence: float
) -> dict[str, float]:
    """Return the summary of :func:`across_sites` of logits and their variances, shape (sites,)."""
    with np.errstate(divide="ignore"):  # its own I2 of effects that are all equal
        found = combine_effects(effects, variances, method_re="iterated", use_t=True)
    k = len(effects)
    mean, tau2 = float(found.mean_effect_re), max(float(found.tau2), 0.0)
    # Rover, Knapp and Friede 2015 (BMC Med Res Methodol 15:99): never narrower than without.
    variance = max(float(found.var_hksj_re), float(found.var_eff_w_re))
    half = float(stats.t.ppf(0.5 + confidence / 2, k - 1)) * math.sqrt(variance)
    new = math.nan
    if k >= _FEWEST_FOR_PREDICTION:
        t = float(stats.t.ppf(0.5 + confidence / 2, k - 2))
        new = t * math.sqrt(tau2 + variance)
    q = float(found.q)
    ends = {"low": mean - half, "high": mean + half, "new_low": mean - new, "new_high": mean + new}
    return {
        "value": float(special.expit(mean)),
        **{name: float(special.expit(end)) for name, end in ends.items()},
        "tau": math.sqrt(tau2),
        "i2": max(0.0, 1 - (k - 1) / q) if q > 0 else 0.0,
        "q_p": float(stats.chi2.sf(q, k - 1)),
    }


def _on_logit_scale(
    measure: str, pooled: Pooled, members: np.ndarray
) -> tuple[float, float] | None:
    """Return the logit of a measure at a site and its variance; None where it has none."""
    positive, score = pooled.positive[members], pooled.score[members]
    patients = pooled.patients[members]
    if measure == "auc":
        if why_not_clustered(positive, patients):
            return None
        area, covariance = clustered_covariance(positive, score[None, :], patients)
        value, variance = float(area[0]), float(covariance[0, 0]) * pooled.inflation
        if not (0 < value < 1 and variance > 0):
            return None
        return float(special.logit(value)), variance / (value * (1 - value)) ** 2
    called = score > HIGHER_PROBABILITY
    of = positive if measure == "sens" else ~positive
    if not of.any():
        return None
    effect = design_effects(positive, called, patients, pooled.inflation)[measure]
    right = int((called == positive)[of].sum()) + 0.5
    wrong = int(of.sum()) + 1 - right
    return math.log(right / wrong), effect * (1 / right + 1 / wrong)
