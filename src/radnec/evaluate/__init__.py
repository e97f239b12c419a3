"""Statistics: the paper's tables as printed, and what a statistician would accept beside them."""
