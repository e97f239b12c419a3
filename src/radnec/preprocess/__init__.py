"""From images in scanner space to what the networks see: register, strip, normalise, check."""
