"""Selection of the cases, their split into sets, and the arrays that the networks read."""
