"""Every figure of a study: reads results, draws, computes nothing."""
