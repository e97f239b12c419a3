"""The next patient's images, prepared exactly as those of the study were."""
