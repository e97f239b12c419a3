"""What every stage shares: names, records, files, tables, settings."""
