"""What a name can state about contrast agent."""

CONTRAST, NO_CONTRAST, UNCLEAR = "contrast", "no contrast", "contrast unclear"
MEANINGS = frozenset({CONTRAST, NO_CONTRAST, UNCLEAR})
# The name has words that no table knows: nothing is stated that could be read.
UNREAD = "unread words"
