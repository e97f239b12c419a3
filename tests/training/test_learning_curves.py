"""Several runs as one curve, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radnec.training.learning_curves import mean_and_range


def test_mean_and_range_of_runs_of_different_length():
    first = pd.DataFrame({"epoch": [1, 2, 3], "train_loss": [4.0, 2.0, 1.0]})
    second = pd.DataFrame({"epoch": [1, 2], "train_loss": [8.0, 6.0]})
    curve = mean_and_range([first, second], "train_loss")
    assert curve["epoch"].tolist() == [1, 2, 3]
    assert curve["mean"].tolist() == [6.0, 4.0, 1.0]
    assert curve["low"].tolist() == [4.0, 2.0, 1.0]
    assert curve["high"].tolist() == [8.0, 6.0, 1.0]


def test_a_loss_that_was_never_measured_has_no_curve():
    history = pd.DataFrame({"epoch": [1, 2], "validation_loss": [np.nan, np.nan]})
    assert mean_and_range([history, history], "validation_loss").empty
