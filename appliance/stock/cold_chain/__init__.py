"""The cold chain: temperatures, vial monitors, open vials, doses wasted, vaccination sessions."""
