"""Who works here, how they sign in, what each may see, and who read whose file."""
