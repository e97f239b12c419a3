"""What the study's out-of-fold predictions say about the next patient: recalibration, sets."""
