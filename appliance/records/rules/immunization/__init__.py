"""Vaccination: which dose is given, invalid, due, overdue, to come or too late."""
