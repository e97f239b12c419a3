"""One model of the study: its predictions, its thresholds, its figures."""
