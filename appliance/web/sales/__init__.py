"""Pages of the counter and the till: serving a prescription, selling directly, taking payment."""
