"""What expires: bands, who could still use it, and its only exit, the destruction before a committee."""
