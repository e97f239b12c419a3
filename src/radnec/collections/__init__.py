"""Public collections: the table of cases from a download's own layout and clinical tables."""
