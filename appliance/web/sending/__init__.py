"""Pages of what leaves the box: the queue of sendings, the link, the names that do not match."""
