"""Brain masks: from a network, from an atlas, given by the user, or none."""
