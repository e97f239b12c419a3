"""From a chosen series to one NIfTI with its sidecar."""
