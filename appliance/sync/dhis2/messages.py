"""Messages on the wire: what came since the last look, one file, the mark of having read; and a message of ours."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from appliance.sync.dhis2.client import Answer, Client
from appliance.sync.dhis2.codes import Conflict, Fate, Outcome
from appliance.sync.dhis2.journal import Journal, of_get
from appliance.sync.dhis2.transport import of_failure, of_transport, parse

LIST_FIELDS = "id,lastMessage,messageCount"
"""What tells whether a conversation moved, and no more: most looks find nothing."""
_FILE = "id,name,contentType,contentLength,contentMd5,storageStatus"
ONE_FIELDS = f"id,subject,messageType,messages[id,text,created,internal,sender[id,displayName],attachments[{_FILE}]]"
PAGE_SIZE = 10
PAGES_MAX = 20
CONVERSATIONS_MAX = 40
FILE_SECONDS_MAX = 900
_GONE = (400, 403, 404, 409, 410)


def look(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """Read the list while it tells of anything new, and each conversation that moved; what was read is told even if
    the line breaks. `found["swept"]`: the end of the list was reached, so that only its head need be read from now on.
    """
    known: dict[str, Any] = job["known"]
    found: dict[str, Any] = {"conversations": [], "swept": False, "etag": None}
    journal.found |= found
    found = journal.found
    etag = job.get("etag") if job.get("swept") else None
    for page in range(1, PAGES_MAX + 1):
        answer = client.get("messageConversations", _asked(page), etag if page == 1 else None)
        if answer.status == 304 and etag and page == 1:
            journal.add("messages", answer, Outcome(fate=Fate.ACCEPTED, code="unchanged"))
            found |= {"swept": True, "etag": etag}
            return
        if not journal.add("messages", answer, of_get(answer)):
            return
        told = parse(answer.body)
        rows = [c for c in told.get("messageConversations") or () if isinstance(c, dict) and c.get("id")]
        if page == 1:
            found["etag"] = answer.headers.get("etag")
        moved = [c for c in rows if known.get(c["id"]) != [c.get("lastMessage"), c.get("messageCount")]]
        for conversation in moved:
            if len(found["conversations"]) >= CONVERSATIONS_MAX:
                return
            if not _read(client, journal, conversation, found):
                return
        pager = told.get("pager") if isinstance(told.get("pager"), dict) else {}
        is_last = len(rows) < PAGE_SIZE or page >= int(pager.get("pageCount") or PAGES_MAX)
        if is_last or (job.get("swept") and len(moved) < len(rows)):
            break
    found["swept"] = True


def _asked(page: int) -> dict[str, str]:
    asked = {"fields": LIST_FIELDS, "order": "lastMessage:desc", "pageSize": str(PAGE_SIZE)}
    return asked if page == 1 else {**asked, "page": str(page)}


def _read(client: Client, journal: Journal, conversation: dict[str, Any], found: dict[str, Any]) -> bool:
    """One conversation; true when the next may be read. One that is not there any more is passed over as known."""
    answer = client.get(f"messageConversations/{conversation['id']}", {"fields": ONE_FIELDS})
    told = parse(answer.body)
    if answer.status in _GONE and isinstance(told, dict):
        journal.add("conversation", answer, Outcome(fate=Fate.ACCEPTED, code="conversation-gone"))
    elif not journal.add("conversation", answer, of_get(answer)):
        return False
    is_there = isinstance(told, dict) and told.get("id") == conversation["id"]  # 2.40 says 200 without an id for none
    marks = {k: conversation.get(k) for k in ("id", "lastMessage", "messageCount")}
    found["conversations"].append({**(told if is_there else {"messages": []}), **marks})
    return True


def fetch_file(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """One file, whole, checked against the length and the MD5 that the message named. There are no ranges to resume by."""
    conversation, message, file = job["path"]
    size, md5 = job.get("size"), job.get("md5")
    if job.get("pending"):
        status = _stored(client, journal, conversation, message, file)
        if status is None:
            return
        size, md5 = status.get("size", size), status.get("md5", md5)
    answer = client.download(f"messageConversations/{conversation}/{message}/attachments/{file}", FILE_SECONDS_MAX)
    outcome = _of_file(answer, size, md5)
    silent = Answer(
        status=answer.status, headers=answer.headers, body=b"", bytes_out=answer.bytes_out, bytes_in=answer.bytes_in,
        failure=answer.failure,
    )  # fmt: skip
    if journal.add("file", silent, outcome):
        journal.found["content"] = base64.b64encode(answer.body).decode()


def _stored(client: Client, journal: Journal, conversation: str, message: str, file: str) -> dict[str, Any] | None:
    """Whether the server has the file in its own store by now; None with the journal saying why not."""
    fields = "id,messages[id,attachments[id,contentLength,contentMd5,storageStatus]]"
    answer = client.get(f"messageConversations/{conversation}", {"fields": fields})
    if not journal.add("conversation", answer, of_get(answer)):
        return None
    for told in parse(answer.body).get("messages") or ():
        for held in (told.get("attachments") or ()) if told.get("id") == message else ():
            if held.get("id") == file:
                status = {"status": held.get("storageStatus") or "STORED", "size": held.get("contentLength"), "md5": held.get("contentMd5")}  # fmt: skip
                journal.found["storage"] = status
                if status["status"] == "STORED":
                    return status
                journal.end(Outcome(fate=Fate.WAIT, code="still-pending"))
                return None
    journal.end(Outcome(fate=Fate.PERMANENT, code="not-found"))
    return None


def _of_file(answer: Answer, size: int | None, md5: str | None) -> Outcome:
    if answer.failure == "too-long":
        return Outcome(fate=Fate.PERMANENT, code="too-large")
    if answer.failure:
        return of_failure(answer.failure)
    if answer.status == 200:
        told = answer.headers.get("content-length")
        is_whole = len(answer.body) == (size if size is not None else int(told or -1))
        if md5:
            is_whole = is_whole and hashlib.md5(answer.body, usedforsecurity=False).hexdigest() == md5.lower()
        if is_whole and answer.body:
            return Outcome(fate=Fate.ACCEPTED, code="success")
        # A portal's page, half a file, or another one: nothing of it is kept.
        return Outcome(fate=Fate.RETRY_FEW, code="damaged-file")
    if answer.status == 409:
        return Outcome(fate=Fate.WAIT, code="still-pending")
    if answer.status == 404 and isinstance(parse(answer.body), dict):
        return Outcome(fate=Fate.PERMANENT, code="not-found")
    return of_transport(answer.status, answer.headers, answer.body) or Outcome(
        fate=Fate.PERSON, code=f"http-{answer.status}"
    )


def mark_read(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """Say that these conversations were read; those that the server does not know any more are done too."""
    told = job["conversations"]
    answer = client.post("messageConversations/read", {}, json.dumps(told).encode(), compress=False)
    outcome = of_get(answer)
    if answer.status == 404 and isinstance(parse(answer.body), dict):
        outcome = Outcome(fate=Fate.ACCEPTED, code="conversation-gone")
    journal.add("mark-read", answer, outcome)
    journal.found["told"] = told


def send_message(client: Client, journal: Journal, job: dict[str, Any]) -> None:
    """A message with its files, once: before a repeat our own conversations are searched for its token. Files are uploaded
    in the same run, since those that hang on nothing are cleaned away at night."""
    message = json.loads(base64.b64decode(job["payload"]))
    if job.get("was_tried") and _was_sent(client, journal, str(job["token"])):
        return
    if journal.fate != Fate.ACCEPTED:
        return
    files = []
    for file in message["files"]:
        content = base64.b64decode(file["base64"])
        answer = client.upload("fileResources", {"domain": "MESSAGE_ATTACHMENT"}, file["name"], file["type"], content)
        told = parse(answer.body)
        made = ((told.get("response") or {}).get("fileResource") or {}) if isinstance(told, dict) else {}
        if not journal.add("upload", answer, _of_message(answer, is_good=bool(made.get("id")))):
            return
        files.append({"id": made["id"]})
    body = {"subject": message["subject"], "text": message["text"], "attachments": files}
    body |= {kind: [{"id": i} for i in ids] for kind, ids in message["recipients"].items() if ids}
    answer = client.post("messageConversations", {}, json.dumps(body).encode(), compress=False)
    journal.add("message", answer, _of_message(answer, is_good=answer.status == 201))


def _was_sent(client: Client, journal: Journal, token: str) -> bool:
    """Whether a conversation of ours carries the token already."""
    asked = {"fields": "id,subject", "queryString": token, "order": "lastMessage:desc", "pageSize": "50"}
    answer = client.get("messageConversations", asked)
    if not journal.add("search", answer, of_get(answer)):
        return False
    rows = parse(answer.body).get("messageConversations") or ()
    return any(isinstance(c, dict) and f"[{token}]" in str(c.get("subject")) for c in rows)


def _of_message(answer: Answer, *, is_good: bool) -> Outcome:
    if answer.failure:
        return of_failure(answer.failure)
    if is_good and answer.status in (200, 201, 202):
        return Outcome(fate=Fate.ACCEPTED, code="success")
    told = parse(answer.body)
    text = str(told.get("message") or "")[:300] if isinstance(told, dict) else ""
    if answer.status in (404, 409) and isinstance(told, dict):
        # A recipient or a file that is not there; a passing database fault looks the same.
        said = Conflict(code="message-refused", text=text)
        return Outcome(fate=Fate.RETRY_FEW, code="message-refused", conflicts=(said,))
    return of_transport(answer.status, answer.headers, answer.body) or Outcome(
        fate=Fate.RETRY_FEW, code="no-summary" if answer.status < 300 else f"http-{answer.status}"
    )
