"""Papers: the typeface that holds every letter written here, and the child process that draws."""
