"""The monthly figures: data values on both import engines, locks, completion, the data entry calls."""
