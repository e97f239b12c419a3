"""A physics phantom: simulated studies of the head, written as real DICOM."""
