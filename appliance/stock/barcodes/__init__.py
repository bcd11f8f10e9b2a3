"""Codes printed on boxes: what they say (GS1), and which pack of which product each GTIN names."""
