"""Pages of who works here: signing in, functions, the matrix, emergency access, the journal."""
