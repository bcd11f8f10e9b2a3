"""Counting what lies on the shelves: blind, lot by lot, while dispensing goes on; the difference is written, never set."""
