"""What the people who are registered will come for, by their due dates and how many usually come."""
