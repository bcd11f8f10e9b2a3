"""Event programs without registration: import, checks, reading back, jobs, the older call."""
