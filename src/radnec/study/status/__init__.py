"""How far a study is, told from its files: what `radnec status` and `radnec run` show."""
