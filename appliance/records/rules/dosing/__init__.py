"""Doses by weight and age, from tables."""
