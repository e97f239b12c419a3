"""What a person looks at before trusting the preprocessing: a picture a case, a table for all."""
