"""Messages between users, and the files that hang on them."""
