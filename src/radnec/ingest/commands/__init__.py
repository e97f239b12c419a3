"""The commands that look at a folder before a study: `radnec cases`, `radnec inspect`."""
