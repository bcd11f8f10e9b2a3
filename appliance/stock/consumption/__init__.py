"""Average monthly consumption (CMM): derived from what was dispensed, never typed."""
