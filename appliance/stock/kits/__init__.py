"""Kits: what one holds, and its opening."""
