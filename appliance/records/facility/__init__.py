"""The centre: what it is, its villages, its people by year."""
