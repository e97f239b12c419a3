"""Figures of the report, its tables as HTML, and the style that all figures share."""
