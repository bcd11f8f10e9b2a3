"""Telling systemd how the process does: READY, WATCHDOG, STOPPING, by one datagram each. Silent outside systemd."""

from __future__ import annotations

import os
import socket


def send(message: str) -> bool:
    """Send a state to NOTIFY_SOCKET (a path, or an abstract name that begins with @); false when there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        try:
            channel.sendto(message.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return False
    return True


def ready() -> bool:
    """The first page can be answered."""
    return send("READY=1")


def watchdog() -> bool:
    """A row was written and read back just now."""
    return send("WATCHDOG=1")


def stopping() -> bool:
    """The process ends on purpose."""
    return send("STOPPING=1")
