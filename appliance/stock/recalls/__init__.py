"""Lots that may not be given any more, and the people who received them."""
