"""Keeping the box alive: telling systemd the truth, and checking what must hold."""
