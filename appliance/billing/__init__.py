"""Prices, free care, sales and payments. Whole francs; nothing is edited, everything is corrected."""
