"""The report as one page, its sections and its tables as HTML."""
