"""The tables that a study's people write: read in the formats of hospitals, normalised, checked."""
