"""HTTP to DHIS2: the fixed headers, no redirects, no cookies, bytes counted as the network saw them.

Every request asks for JSON and says XMLHttpRequest, so that missing credentials give 401 and not a login page.
The path is the configured base, with its context path, plus unversioned `/api/…`: versioned paths strip the
envelope from answers up to 2.41.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import time
import zlib
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from appliance import __version__
from appliance.core.clock import system_wall
from appliance.core.errors import Refused
from appliance.sync.dhis2.tls import ResumingContext, context
from appliance.sync.dhis2.transport import ASKED, http_date

_BYTES_ACKED_OFFSET = 120  # in Linux's struct tcp_info: bytes_acked, then bytes_received
_TIMEOUT = httpx.Timeout(connect=30, read=90, write=90, pool=30)
ANSWER_BYTES_MAX = 5 << 20
ANSWER_SECONDS_MAX = 240
_CLOCK_OFF_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Basic (user and password) or a personal access token."""

    username: str = ""
    password: str = ""
    token: str = ""

    def header(self) -> str:
        """The Authorization header's value."""
        if self.token:
            return f"ApiToken {self.token}"
        return httpx.BasicAuth(self.username, self.password)._auth_header


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, or why nothing did: then `failure` names it and `status` is 0."""

    status: int
    headers: dict[str, str]
    body: bytes
    bytes_out: int
    bytes_in: int
    failure: str = ""


class Client:
    """One connection to one DHIS2, kept open for one round of the courier."""

    def __init__(
        self, base_url: str, credentials: Credentials, timeout: httpx.Timeout = _TIMEOUT,
        tls: ResumingContext | None = None, deadline_seconds: float = ANSWER_SECONDS_MAX,
    ) -> None:  # fmt: skip
        url = httpx.URL(base_url.rstrip("/"))
        if url.scheme not in ("http", "https") or not url.host:
            raise Refused("link-url", url=base_url[:200])
        self._base = str(url)
        self._timeout, self._deadline = timeout, deadline_seconds
        self._tls = tls or context()
        self._http = httpx.Client(
            timeout=timeout, follow_redirects=False, trust_env=False, verify=self._tls,
            headers={
                "Accept": "application/json", "X-Requested-With": "XMLHttpRequest",
                "User-Agent": f"appliance/{__version__}", "Authorization": credentials.header(),
            },
        )  # fmt: skip
        self._counted: dict[int, tuple[int, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tls.remember()
        self._http.close()

    def get(self, path: str, params: dict[str, str] | None = None, etag: str | None = None) -> Answer:
        """GET `/api/<path>`; with the ETag exactly as it was received, an unchanged answer is 304."""
        return self._request("GET", path, params, headers={"If-None-Match": etag} if etag else {})

    def post(self, path: str, params: dict[str, str], body: bytes, *, compress: bool) -> Answer:
        """POST JSON bytes. Compress only where DHIS2 sniffs it: data values and completions, never the tracker.

        No Content-Encoding is sent: DHIS2 knows gzip by its magic bytes, and some proxies would inflate it.
        """
        sent = gzip.compress(body, mtime=0) if compress else body
        return self._request("POST", path, params, {"Content-Type": "application/json"}, sent)

    def download(self, path: str, seconds_max: float) -> Answer:
        """GET a file as it is: nothing on the way may compress it, and its bytes are not looked into."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        return self._request("GET", path, None, headers, raw_seconds=seconds_max)

    def upload(self, path: str, params: dict[str, str], name: str, content_type: str, content: bytes) -> Answer:
        """POST one file as the part `file` of a form."""
        request = self._http.build_request("POST", self._base, files={"file": (name, content, content_type)})
        return self._request("POST", path, params, {"Content-Type": request.headers["content-type"]}, request.read())

    def _request(
        self,
        method: str,
        path: str,
        params: dict[str, str] | None,
        headers: dict[str, str],
        body: bytes | None = None,
        raw_seconds: float | None = None,
    ) -> Answer:
        """One exchange. A login page is asked once more without the connection that led to it."""
        answer = self._once(method, path, params, headers, body, raw_seconds)
        if answer.status in (301, 302, 303, 307, 308) and "login" in answer.headers.get("location", "").lower():
            again = self._once(method, path, params, {**headers, "Connection": "close"}, body, raw_seconds)
            out, in_ = answer.bytes_out + again.bytes_out, answer.bytes_in + again.bytes_in
            return Answer(
                status=again.status, headers=again.headers, body=again.body, bytes_out=out, bytes_in=in_,
                failure=again.failure,
            )  # fmt: skip
        return answer

    def _once(
        self, method: str, path: str, params: dict[str, str] | None, headers: dict[str, str], body: bytes | None,
        raw_seconds: float | None,
    ) -> Answer:  # fmt: skip
        self._http.cookies.clear()
        request = self._http.build_request(
            method, f"{self._base}/api/{path}", params=params, headers=headers, content=body
        )
        estimate = (
            sum(len(k) + len(v) + 4 for k, v in request.headers.raw) + len(str(request.url)) + 16 + len(body or b"")
        )
        try:
            response = self._http.send(request, stream=True)
            try:
                content = self._read(response, raw_seconds)
                out, in_ = self._bytes(response, estimate)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ssl.SSLError, _TooLong) as fault:
            failure = self._named(fault)
            return Answer(status=0, headers={}, body=b"", bytes_out=estimate, bytes_in=0, failure=failure)
        found = {k.lower(): v for k, v in response.headers.items()} | {ASKED: str(request.url)}
        return Answer(status=response.status_code, headers=found, body=content, bytes_out=out, bytes_in=in_)

    def _read(self, response: httpx.Response, raw_seconds: float | None) -> bytes:
        """The whole body, within a size and a time: a portal may stream for ever."""
        held, until = bytearray(), time.monotonic() + (raw_seconds or self._deadline)
        for part in response.iter_bytes():
            held += part
            if len(held) > ANSWER_BYTES_MAX or time.monotonic() > until:
                raise _TooLong
        return bytes(held) if raw_seconds else _inflated(bytes(held))

    def _bytes(self, response: httpx.Response, estimate: int) -> tuple[int, int]:
        """Bytes of this exchange both ways on its TCP connection, TLS included; estimated where the kernel says nothing."""
        stream = response.extensions.get("network_stream")
        sock: Any = stream.get_extra_info("socket") if stream is not None else None
        received = sum(len(k) + len(v) + 4 for k, v in response.headers.raw) + response.num_bytes_downloaded + 17
        try:
            info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 136)
            acked, received_total = struct.unpack_from("=QQ", info, _BYTES_ACKED_OFFSET)
        except (AttributeError, OSError, struct.error):
            return estimate, received
        before = self._counted.get(sock.fileno(), (0, 0))
        self._counted[sock.fileno()] = (acked, received_total)
        if acked < before[0] or received_total < before[1]:
            before = (0, 0)  # the number now names another connection
        return max(acked - before[0], 0) or estimate, max(received_total - before[1], 0) or received

    def _named(self, fault: Exception) -> str:
        """The name of a failure; a refused certificate is laid beside the server's own date, asked without secrets."""
        name = _failure(fault)
        if name != "certificate":
            return name
        try:
            with httpx.Client(verify=False, trust_env=False, timeout=self._timeout) as bare:  # noqa: S501 - no secret goes out
                told = http_date(bare.get(f"{self._base}/api/ping").headers.get("date"))
        except httpx.HTTPError:
            return name
        is_off = told is not None and abs(told.timestamp() - system_wall() / 1000) > _CLOCK_OFF_SECONDS
        return "clock-wrong" if is_off else name


def _inflated(held: bytes) -> bytes:
    """A body that is a gzip file without saying so: DHIS2 answers a read of data values so when asked to compress it."""
    if held[:2] != b"\x1f\x8b":
        return held
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = reader.decompress(held, ANSWER_BYTES_MAX)
    except zlib.error:
        return held
    if reader.unconsumed_tail:
        raise _TooLong
    return found if reader.eof else held


class _TooLong(Exception):
    """An answer without end."""


def _failure(fault: Exception) -> str:
    if isinstance(fault, _TooLong):
        return "too-long"
    if isinstance(fault, httpx.TimeoutException):
        return "timeout"
    if isinstance(fault, httpx.ConnectError):
        cause: BaseException | None = fault
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return "certificate"
            if isinstance(cause, socket.gaierror):
                return "dns"
            cause = cause.__cause__ or cause.__context__
        return "tls" if "ssl" in str(fault).lower() else "connect"
    return "cut"
