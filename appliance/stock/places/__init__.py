"""Where stock lies in the centre: the depot, the night cupboard, the rooms of care; what each should hold."""
