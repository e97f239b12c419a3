"""How often the intervals across sites hold: sites drawn, cases drawn at each, the real code.

For each design, the share of simulated studies in which the interval of the mean over sites holds
the mean, and the interval for a new site that of one more site, for the AUC:

    OMP_NUM_THREADS=1 python benchmarks/sites.py --repeats 400

Scores are normal with equal variance in both classes, so that an AUC is Phi(d / sqrt(2)); logits
of the sites' AUCs are normal about that of 0.8.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
import pandas as pd
from scipy import special, stats

from radnec.evaluate.cohort.sites import across_sites
from radnec.evaluate.models.predictions import Pooled

MEAN = float(special.logit(0.8))
# Sites, cases of necrosis and of recurrence at each, standard deviation of the logits.
DESIGNS = [
    (sites, cases, spread)
    for sites in (3, 5, 10)
    for cases in ((5, 15), (10, 40))
    for spread in (0.0, 0.3, 0.8)
]


def simulate(
    sites: int, cases: tuple[int, int], logits: np.ndarray, rng: np.random.Generator
) -> tuple[Pooled, pd.Series]:
    """Return test predictions at each site, and the site of each case."""
    positive = np.repeat([True, False], cases)
    apart = math.sqrt(2) * stats.norm.ppf(special.expit(logits))
    scores = rng.normal(size=(sites, positive.size)) + np.outer(apart, positive)
    named = np.repeat([f"site{n}" for n in range(sites)], positive.size)
    p = special.expit(scores - apart.mean() / 2).ravel()
    table = pd.DataFrame({"case": [f"P{n:04d}" for n in range(p.size)], "p_necrosis": p})
    table["patient"] = table["case"]
    table["label"] = np.tile(np.where(positive, "necrosis", "recurrence"), sites)
    return Pooled(table, "simulated"), pd.Series(named)


def held(
    design: tuple[int, tuple[int, int], float], repeats: int, level: float, seed: int
) -> dict[str, float]:
    """Return how often both intervals of the AUC hold, where they are defined."""
    sites, cases, spread = design
    rng = np.random.default_rng([seed, sites, *cases, round(10 * spread)])
    mean, new, defined = [], [], 0
    for _ in range(repeats):
        logits = rng.normal(MEAN, spread, sites + 1)
        pooled, named = simulate(sites, cases, logits[:sites], rng)
        row = across_sites(pooled, named, level)[0]
        if row["sites"] < 3:
            continue
        defined += 1
        mean.append(row["low"] <= special.expit(MEAN) <= row["high"])
        new.append(row["new_low"] <= special.expit(logits[sites]) <= row["new_high"])
    return {"mean": np.mean(mean), "new": np.mean(new), "defined": defined / repeats}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--level", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print("sites\tcases\tspread\tmean\tnew site\tdefined")
    for design in DESIGNS:
        found = held(design, arguments.repeats, arguments.level, arguments.seed)
        cells = [design[0], f"{design[1][0]}+{design[1][1]}", design[2]]
        print(*cells, *(f"{found[name]:.3f}" for name in ("mean", "new", "defined")), sep="\t")


if __name__ == "__main__":
    main()
