"""Loans between neighbours: what is owed to the centre and by it, settled in kind."""
