"""Who is in the study, how the cohort is split, and the arrays the networks read."""
