"""The whole configuration of a study: its model, its checks, and what is generated from it."""
