"""Where the lesion of a case lies: drawn, or found from its contrast enhancement."""
