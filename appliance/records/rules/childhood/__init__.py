"""The sick child (PCIME): findings into classes, an unknown answer never taken for a no."""
