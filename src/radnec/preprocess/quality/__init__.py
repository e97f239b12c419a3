"""What is measured of the preprocessing of every case: noise, and one table for all cases."""
