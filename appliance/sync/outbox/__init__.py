"""The outbox: what waits, what was tried, and what the counterparty said of it."""
