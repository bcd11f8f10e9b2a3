"""Clinical rules as data: each pack is a file with edition, source and vectors, read by a pure rule beside it."""
