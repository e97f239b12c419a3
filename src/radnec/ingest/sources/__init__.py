"""Cases that come as NIfTI files or as a BIDS dataset."""
