"""Class activation maps of the trained networks, and tests of what they show."""
