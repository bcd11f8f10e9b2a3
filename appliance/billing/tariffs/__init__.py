"""What a product costs on a day, and who does not pay."""
