"""Antenatal contacts: when a pregnant woman should come next."""
