"""MEDEXIS as a health centre meets it through DHIS2: it reads what was reported, writes papers, and reads events."""
