"""Which sequence each series is, and which series serves: rules on headers, with reasons."""
