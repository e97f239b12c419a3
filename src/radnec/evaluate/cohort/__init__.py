"""Who is in the study: tables 1 and 2, subgroups, and whether the scanner predicts the label."""
