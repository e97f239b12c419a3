"""A viewer of scans, masks and maps inside a page, which loads nothing from elsewhere."""
