"""One picture a case: what preprocessing made of it, for a person to look at."""
