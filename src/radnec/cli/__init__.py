"""The `radnec` command."""
