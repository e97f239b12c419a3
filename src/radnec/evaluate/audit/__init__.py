"""The published study, recomputed from what it printed."""
