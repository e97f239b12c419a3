"""Studies that arrive by themselves: a folder that fills, a DICOM node, results sent back."""
