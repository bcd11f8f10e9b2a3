"""What to order and how long the stock lasts."""
