"""Whether the next patient is like the cases of the study (novelty detection)."""
