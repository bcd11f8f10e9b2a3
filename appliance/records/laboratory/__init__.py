"""The laboratory: what may be asked, what was asked, what was found."""
