"""What must hold for every case: no identity in the results, no images under two ids."""
