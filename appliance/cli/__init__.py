"""The `appliance` command; each subcommand imports what it needs only when it is called."""
