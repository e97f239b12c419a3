"""Models of other kinds than 3D networks, fitted and tested on the same folds."""
