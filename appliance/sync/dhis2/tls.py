"""TLS that resumes: a full handshake costs 2.5 to 3.5 kB of a site's data plan, a resumed one a few hundred bytes.

httpx does not carry sessions from one connection to the next; this context does, in the memory of the courier.
"""

from __future__ import annotations

import ssl
import weakref
from functools import cache
from typing import Any

import certifi


class ResumingContext(ssl.SSLContext):
    """A client's context that offers the session of its last connection to the same server."""

    def __new__(cls) -> ResumingContext:
        made = super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)
        # The curve that every TLS 1.3 server must know. Newer OpenSSL would offer a hybrid key of 1.2 kB at each
        # handshake, and be answered by one of 1.1 kB: several times what a resumed connection costs.
        made.set_ecdh_curve("prime256v1")
        made._sessions = {}
        made._open = {}
        return made

    _sessions: dict[str, ssl.SSLSession]
    _open: dict[str, weakref.ref[ssl.SSLSocket]]

    def wrap_socket(self, sock: Any, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        """Open a connection, offering the session kept for its host."""
        host = str(kwargs.get("server_hostname") or "")
        made = super().wrap_socket(sock, *args, **{"session": self._sessions.get(host), **kwargs})
        self._open[host] = weakref.ref(made)
        return made

    def remember(self) -> None:
        """Keep the sessions of the open connections; with TLS 1.3 the ticket comes with the first answer."""
        for host, held in self._open.items():
            connection = held()
            if connection is not None and (session := connection.session) is not None:
                self._sessions[host] = session


@cache
def context() -> ResumingContext:
    """This process's context: the machine's own authorities (a ministry's too, once installed) and the usual ones."""
    made = ResumingContext()
    made.load_default_certs()
    made.load_verify_locations(certifi.where())
    return made
