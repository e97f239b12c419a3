"""A finished study applied to the next patient."""
