"""Pages of who a patient is: search, registration, correction, cards, merging."""
