"""How far is too far: limits for all checks together, and how often they cry wolf."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

# Fewer held-out cases do not tell how far a case of the study may lie.
LEAST_CASES = 6
# Below it no score is a finding: timing 5 % outside the range seen, an image that looks more like
# its own sequence, a statement of the headers that some case makes too.
_LEAST = {"scanner": 0.5, "timing": math.log(1.05), "order": 0.0}


def limit(check: str, scores: Sequence[float], level: float) -> float | None:
    """Return the score that a case like the held-out ones exceeds with a given probability.

    Where there are enough cases the order statistic of rank ceil((n + 1)(1 - level)), of which
    the next case exceeds at most that share whatever the distribution (Vovk et al. 2005,
    Algorithmic learning in a random world, 2.2); else the upper prediction limit of a normal
    sample, mean + t sd sqrt(1 + 1 / n) with n - 1 degrees of freedom (Hahn and Meeker 1991,
    Statistical intervals, 4.7). What the headers state is there or not: no distribution.

    Parameters
    ----------
    scores
        Of held-out cases.
    level
        Probability of a false alarm of this check alone.

    Returns
    -------
    The limit; None with fewer than six cases.
    """
    least = _LEAST.get(check, -math.inf)
    if check == "scanner":
        return least
    n = len(scores)
    if n < LEAST_CASES:
        return None
    values = np.sort(np.asarray(scores, dtype=np.float64))
    rank = math.ceil((n + 1) * (1 - level))
    if rank <= n:
        return max(least, float(values[rank - 1]))
    t = float(stats.t.ppf(1 - level, n - 1))
    return max(least, float(values.mean() + t * values.std(ddof=1) * math.sqrt(1 + 1 / n)))


def limits(held_out: Mapping[str, Mapping[str, float]], share: float) -> dict[str, float | None]:
    """Return the limit of every check: the share of false alarms is divided among them.

    Parameters
    ----------
    held_out
        Check to the score of each held-out case.
    share
        Of false alarms, all checks together (Bonferroni's inequality). What the headers of the
        scanner state takes none of it.
    """
    count = max(1, sum(check != "scanner" for check in held_out))
    return {
        check: limit(check, list(scores.values()), share / count)
        for check, scores in held_out.items()
    }


def false_alarms(
    held_out: Mapping[str, Mapping[str, float]], share: float
) -> tuple[dict[str, int], int, int]:
    """Count the held-out cases that would be called unlike the study by the limits of the others.

    Returns
    -------
    dict
        Check to the count of cases beyond its limit.
    int
        Cases beyond the limit of any check.
    int
        Cases.
    """
    cases = sorted({case for scores in held_out.values() for case in scores})
    counts = dict.fromkeys(held_out, 0)
    any_of_them = 0
    for case in cases:
        others = {
            check: {other: score for other, score in scores.items() if other != case}
            for check, scores in held_out.items()
        }
        alarmed = {
            check
            for check, value in limits(others, share).items()
            if value is not None and held_out[check].get(case, -math.inf) > value
        }
        for check in alarmed:
            counts[check] += 1
        any_of_them += bool(alarmed)
    return counts, any_of_them, len(cases)
