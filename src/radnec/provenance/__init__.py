"""What a study was made with, in a form from which it can be repeated."""
