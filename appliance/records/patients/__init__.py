"""Patients: registration, search, duplicates, cards, merging."""
