"""Results as rows and tables, for machines and for people."""
