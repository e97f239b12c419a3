"""Training and prediction: one run is backbone x inputs x fold x seed."""
