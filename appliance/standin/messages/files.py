"""Files: upload, and download without ranges."""

from __future__ import annotations

import hashlib
import re
import secrets

from appliance.standin.faults import struck
from appliance.standin.instance import Instance
from appliance.standin.messages import mail
from appliance.standin.metadata import is_uid, uid
from appliance.standin.wire.answers import Answer, Refusal, json_answer, message
from appliance.standin.wire.answers import envelope as wrapped
from appliance.standin.wire.request import Request

SIZE_MAX = 10 * 1024 * 1024


def upload(here: Instance, request: Request) -> Answer:
    """Take a file of the part `file`; 202. A UID of the client's own is taken from 2.39 on, once (E1119)."""
    request.needs_type("multipart/form-data")
    name, kind, content = _part(request)
    if len(content) > SIZE_MAX:
        return message(413, f"The file is larger than {SIZE_MAX} bytes")
    wanted = request.one("uid")
    if wanted and here.settings.minor >= 39:
        if not is_uid(wanted):
            return message(400, f"`{wanted}` is no UID")
        if here.store.row("SELECT 1 FROM file WHERE id = ?", wanted):
            return message(409, f"FileResource with id {wanted} exists already", errorCode="E1119")
    made = wanted if wanted and here.settings.minor >= 39 else uid(secrets.token_hex(16))
    keep(here, made, name, kind, content, domain=request.one("domain", "DATA_VALUE"))
    response = {"responseType": "FileResource", "fileResource": mail.described(here, made)}
    told = wrapped(202, "", response=response)
    del told["message"]
    return json_answer(202, told)


def keep(
    here: Instance,
    identity: str,
    name: str,
    kind: str,
    content: bytes,
    *,
    domain: str,
    owner: str = "",
    status: str = "STORED",
) -> None:
    """Keep a file of an owner (the account by default), attached to nothing yet."""
    here.store.run(
        "INSERT INTO file VALUES (?,?,?,?,?,?,?,?,?,NULL)", identity, name, kind, domain, status,
        hashlib.md5(content, usedforsecurity=False).hexdigest(), content, owner or here.me()["id"], here.clock.stamp(),
    )  # fmt: skip


def _part(request: Request) -> tuple[str, str, bytes]:
    """Name, type and bytes of the part `file`; raises `Refusal` (400)."""
    found = re.search(r'boundary="?([^";]+)"?', request.headers["content-type"])
    parts = request.body.split(b"--" + found[1].encode()) if found else []
    for part in parts:
        head, gap, content = part.partition(b"\r\n\r\n")
        text = head.decode("utf-8", "replace")
        if gap and re.search(r'[; ]name="file"', text):
            name = re.search(r'filename="([^"]*)"', text)
            kind = re.search(r"content-type:\s*([^\r\n]+)", text, re.IGNORECASE)
            return (
                name[1] if name else "untitled",
                kind[1].strip() if kind else "application/octet-stream",
                content[:-2],
            )
    raise Refusal(message(400, "Required part 'file' is not present."))


def clean_up(here: Instance) -> int:
    """What is done at night: files attached to nothing go; returns how many."""
    return here.store.run("DELETE FROM file WHERE message IS NULL AND domain = 'MESSAGE_ATTACHMENT'")


def download(here: Instance, request: Request, conversation: str, said: str, file: str) -> Answer:
    """The bytes of an attachment of that very message of that conversation."""
    row = here.store.row(
        "SELECT 1 FROM file JOIN message ON file.message = message.id"
        " WHERE file.id = ? AND message.id = ? AND message.conversation = ?", file, said, conversation,
    )  # fmt: skip
    if row is None:
        return message(404, f"No file {file} hangs on message {said}")
    if not mail.takes_part(here, conversation, here.me()["id"]):
        return message(403, "Access is denied to this conversation")
    return _bytes(here, file)


def describe(here: Instance, request: Request, file: str) -> Answer:
    """A file without its bytes."""
    if here.store.row("SELECT 1 FROM file WHERE id = ?", file) is None:
        return message(404, f"FileResource with id {file} could not be found.", errorCode="E1005")
    return json_answer(200, mail.described(here, file))


def data(here: Instance, request: Request, file: str) -> Answer:
    """The same bytes, for the owner or anyone in the conversation."""
    row = here.store.row(
        "SELECT owner, conversation FROM file LEFT JOIN message ON file.message = message.id WHERE file.id = ?", file
    )
    if row is None:
        return message(404, f"FileResource with id {file} could not be found.", errorCode="E1005")
    me = here.me()["id"]
    if row[0] != me and not (row[1] and mail.takes_part(here, row[1], me)):
        return message(403, "Access is denied to this file")
    return _bytes(here, file)


def _bytes(here: Instance, file: str) -> Answer:
    row = here.store.row("SELECT name, kind, content, status FROM file WHERE id = ?", file)
    if row is None or row[3] != "STORED":
        return message(409, "The file is still on its way to the file store: try again later")
    content: bytes = row[2]
    if struck(here.settings.faults, "truncated_pdf"):
        content = content[: len(content) // 2]
    name = row[0].encode("ascii", "replace").decode()
    return 200, {"content-type": row[1], "content-disposition": f"filename={name}"}, content
