"""One number that makes a network's probabilities as sure as it has turned out to be right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Outside it the answers are as good as certain, or as good as even.
BOUNDS = (0.05, 20.0)


def fit_temperature(logits: npt.ArrayLike, targets: npt.ArrayLike) -> float:
    """Return the temperature T for which softmax(logits / T) has the least cross-entropy.

    Guo et al. 2017 (arXiv:1706.04599), section 4.2. It changes no order of cases, and so no AUC
    of one network. The logits must be of cases that the networks have not learned from.

    Parameters
    ----------
    logits
        (case, class), of all parts of an inner cross-validation together.
    targets
        Index of the true class of each case.
    """
    from scipy.optimize import minimize_scalar  # half a second, and most runs fit none
    from scipy.special import log_softmax

    values, classes = np.asarray(logits, dtype=float), np.asarray(targets, dtype=int)
    cases = np.arange(len(values))

    def cross_entropy(log_temperature: float) -> float:
        scaled = log_softmax(values / np.exp(log_temperature), axis=1)
        return -float(scaled[cases, classes].mean())

    low, high = np.log(BOUNDS)
    return float(np.exp(minimize_scalar(cross_entropy, bounds=(low, high), method="bounded").x))
