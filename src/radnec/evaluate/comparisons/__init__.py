"""Comparisons: between models, between groups of cases, against chance."""
