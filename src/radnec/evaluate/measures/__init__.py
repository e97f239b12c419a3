"""Measures of a classifier with their intervals: pure functions of labels and scores."""
