"""Reading a folder of DICOM: files, headers, slices, and the volumes that slices make up."""
