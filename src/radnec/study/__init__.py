"""The plan of a study: its cases, its training runs and their files, known before anything runs."""
