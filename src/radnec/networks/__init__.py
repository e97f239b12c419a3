"""Three-dimensional classification networks, made the way the paper makes them."""
