"""The catalogue: what the depot may hold. Loaded from a CSV, whole or not at all."""
