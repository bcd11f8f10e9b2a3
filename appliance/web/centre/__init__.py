"""Pages of the centre and its machine: first run, villages, upkeep, the list of tabs."""
