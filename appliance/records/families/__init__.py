"""Households and kin: who lives together, who is whose mother, father, partner or twin."""
