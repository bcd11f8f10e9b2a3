"""Closing a month: what was computed and typed, frozen with a hash; later facts make a new version of it."""
