"""Pages of the month: a report's cells, what is behind them, typing, signing."""
