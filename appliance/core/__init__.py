"""Values that know nothing of ours: clock, periods, identifiers, French names and dates, errors, actors."""
