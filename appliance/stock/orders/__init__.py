"""Orders to a supplier: what it proposes or we ask, confirmed by two people, shipped, awaited, and how each ends."""
