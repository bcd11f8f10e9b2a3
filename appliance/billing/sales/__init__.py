"""Selling: the handing-over, its sale lines and its payment in one act."""
