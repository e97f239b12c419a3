"""A patient's results as DICOM beside the source images: report, map, brain mask, summary."""
