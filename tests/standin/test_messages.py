"""Contract §6: conversations, attachments, files."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx
import pytest

from appliance.standin.metadata import uid
from tests.standin.conftest import At
from tests.standin.play import BASIC, OU, Dhis2

PDF = b"%PDF-1.4\r\n" + bytes(range(256)) * 40 + b"\r\n%%EOF\r\n"
MEDEXIS, GROUP = uid("user:medexis"), uid("ug:depot")
SINGLE = "id,subject,messageType,messages[id,text,created,internal,sender[id,displayName],attachments[id,name,contentType,contentLength,contentMd5,storageStatus]]"
LIST = "id,subject,messageType,lastMessage,lastUpdated,messageCount,read"


def arrive(dhis2: Dhis2, subject: str = "BL 2026-0456", **more: Any) -> dict[str, Any]:
    """MEDEXIS writes, with a delivery note."""
    note = {"name": "bon_livraison.pdf", "contentType": "application/pdf", "base64": base64.b64encode(PDF).decode()}
    made: dict[str, Any] = dhis2.control(
        "messages", **{"from": "medexis", "subject": subject, "text": "Bonjour", "attachments": [note], **more}
    )
    return made


def inbox(dhis2: Dhis2, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dhis2.get(
        "/api/messageConversations", fields=LIST, order="lastMessage:desc", pageSize="20", page="1", **params
    ).json()["messageConversations"]
    return found


def attachment(dhis2: Dhis2, made: dict[str, Any], **headers: str) -> httpx.Response:
    path = f"/api/messageConversations/{made['conversation']}/{made['message']}/attachments/{made['attachments'][0]}"
    return dhis2.get(path, headers=headers)


def upload(dhis2: Dhis2, content: bytes = PDF, **params: str) -> httpx.Response:
    return httpx.post(
        f"{dhis2.url}/api/fileResources", params={"domain": "MESSAGE_ATTACHMENT", **params},
        files={"file": ("accusé.pdf", content, "application/pdf")},
        headers={"Authorization": BASIC, "X-Requested-With": "XMLHttpRequest"},
    )  # fmt: skip


def write(dhis2: Dhis2, **more: Any) -> httpx.Response:
    sent = {"subject": "Confirmation BC-2026-00123 [edge:7f3a]", "text": "Reçu", "users": [{"id": MEDEXIS}], **more}
    return dhis2.post("/api/messageConversations", {k: v for k, v in sent.items() if v is not None})


def test_a_message_with_its_attachment_as_the_contract_shows_it(at: At) -> None:
    dhis2 = at("2.40.12")
    made = arrive(dhis2)
    (listed,) = inbox(dhis2)
    assert set(listed) == set(LIST.split(","))
    assert (listed["id"], listed["subject"], listed["messageCount"], listed["read"]) == (
        made["conversation"],
        "BL 2026-0456",
        1,
        False,
    )
    held = dhis2.get(f"/api/messageConversations/{made['conversation']}", fields=SINGLE).json()
    (said,) = held["messages"]
    assert (held["messageType"], said["text"], said["internal"]) == ("PRIVATE", "Bonjour", False)
    assert said["sender"] == {"id": MEDEXIS, "displayName": "MEDEXIS"} or said["sender"]["id"] == MEDEXIS
    assert said["attachments"] == [
        {
            "id": made["attachments"][0], "name": "bon_livraison.pdf", "contentType": "application/pdf",
            "contentLength": len(PDF), "contentMd5": hashlib.md5(PDF).hexdigest(), "storageStatus": "STORED",
        }
    ]  # fmt: skip


def test_only_the_own_conversations_are_listed_and_others_are_403(at: At) -> None:
    dhis2 = at("2.40.12")
    made = arrive(dhis2, to=["medexis"])
    assert inbox(dhis2) == []
    assert dhis2.get(f"/api/messageConversations/{made['conversation']}").status_code == 403
    assert attachment(dhis2, made).status_code == 403
    assert dhis2.get(f"/api/fileResources/{made['attachments'][0]}/data").status_code == 403


def test_a_reply_re_opens_an_old_conversation(at: At) -> None:
    dhis2 = at("2.40.12")
    first, second = arrive(dhis2), arrive(dhis2, "BL 2026-0457")
    dhis2.post("/api/messageConversations/read", [first["conversation"], second["conversation"]])
    dhis2.control("clock", today="2026-11-03")
    dhis2.control("messages", **{"from": "medexis", "conversation": first["conversation"], "text": "Rectificatif"})
    listed = inbox(dhis2)
    assert [(c["id"], c["messageCount"], c["read"]) for c in listed] == [
        (first["conversation"], 2, False), (second["conversation"], 1, True),
    ]  # fmt: skip
    assert listed[0]["lastMessage"][:10] == "2026-11-03"


def test_pages_filters_and_search(at: At) -> None:
    dhis2 = at("2.40.12")
    for number in range(3):
        arrive(dhis2, f"BL {number}", messageType="SYSTEM" if number == 1 else "PRIVATE")
    page = dhis2.get("/api/messageConversations", fields="subject", pageSize="2", page="2").json()
    assert (page["pager"]["total"], len(page["messageConversations"])) == (3, 1)
    assert {c["subject"] for c in inbox(dhis2, filter="messageType:eq:PRIVATE")} == {"BL 0", "BL 2"}
    assert [c["subject"] for c in inbox(dhis2, queryString="bl 2")] == ["BL 2"]
    assert inbox(dhis2, queryString="bl 2", queryOperator="eq") == []


@pytest.mark.parametrize(("version", "status"), [("2.38.7", 404), ("2.40.12", 200), ("2.43.1", 200)])
def test_a_conversation_that_does_not_exist_by_version(at: At, version: str, status: int) -> None:
    dhis2 = at(version)
    answer = dhis2.get("/api/messageConversations/aaaaaaaaaaa")
    assert answer.status_code == status
    assert "id" not in answer.json()
    assert answer.json()["message"]
    dhis2.control("quirks", missing_mc=404 if status == 200 else 200)
    assert dhis2.get("/api/messageConversations/aaaaaaaaaaa").status_code != status


def test_marking_as_read(at: At) -> None:
    dhis2 = at("2.40.12")
    first, second = arrive(dhis2)["conversation"], arrive(dhis2)["conversation"]
    dhis2.get(f"/api/messageConversations/{first}")
    assert {c["read"] for c in inbox(dhis2)} == {False}
    dhis2.get(f"/api/messageConversations/{first}", markRead="true")
    assert {c["id"]: c["read"] for c in inbox(dhis2)} == {first: True, second: False}
    marked = dhis2.post("/api/messageConversations/read", [second])
    assert (marked.status_code, marked.json()) == (200, {"markedRead": [second]})
    assert {c["read"] for c in inbox(dhis2)} == {True}
    missing = dhis2.post("/api/messageConversations/read", ["aaaaaaaaaaa"])
    assert (missing.status_code, set(missing.json())) == (404, {"message"})


def test_an_attachment_comes_whole_and_never_in_ranges(at: At) -> None:
    dhis2 = at("2.40.12")
    made = arrive(dhis2)
    answer = attachment(dhis2, made, Range="bytes=100-")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert "accept-ranges" not in answer.headers
    assert (answer.headers["content-type"], answer.headers["content-length"]) == ("application/pdf", str(len(PDF)))
    assert answer.headers["content-disposition"] == "filename=bon_livraison.pdf"
    assert answer.headers["etag"] == f'"{hashlib.md5(PDF).hexdigest()}"'
    assert attachment(dhis2, made, **{"If-None-Match": answer.headers["etag"]}).status_code == 304
    same = dhis2.get(f"/api/fileResources/{made['attachments'][0]}/data")
    assert (same.content, "etag" in same.headers) == (PDF, False)


def test_an_unknown_file_or_one_of_another_message_is_404(at: At) -> None:
    dhis2 = at("2.40.12")
    first, second = arrive(dhis2), arrive(dhis2)
    assert attachment(dhis2, {**first, "attachments": second["attachments"]}).status_code == 404
    assert attachment(dhis2, {**first, "message": second["message"]}).status_code == 404
    assert attachment(dhis2, {**second, "conversation": first["conversation"]}).status_code == 404
    assert attachment(dhis2, {**first, "attachments": ["aaaaaaaaaaa"]}).status_code == 404


def test_a_file_that_is_still_pending(at: At) -> None:
    dhis2 = at("2.40.12")
    note = {"name": "a.pdf", "base64": base64.b64encode(PDF).decode(), "storageStatus": "PENDING"}
    made = arrive(dhis2, attachments=[note])
    held = dhis2.get(f"/api/messageConversations/{made['conversation']}", fields=SINGLE).json()
    assert held["messages"][0]["attachments"][0]["storageStatus"] == "PENDING"
    assert attachment(dhis2, made).status_code == 409


def test_a_truncated_file_shows_only_in_its_length_and_sum(at: At) -> None:
    dhis2 = at("2.40.12")
    made = arrive(dhis2)
    dhis2.control("faults", truncated_pdf=1)
    half = attachment(dhis2, made)
    assert (half.status_code, half.headers["content-length"]) == (200, str(len(PDF) // 2))
    assert PDF.startswith(half.content)
    assert attachment(dhis2, made).content == PDF


def test_a_file_goes_up_and_hangs_on_a_message(at: At) -> None:
    dhis2 = at("2.40.12")
    answer = upload(dhis2)
    told = answer.json()["response"]["fileResource"]
    assert (answer.status_code, answer.json()["httpStatus"], answer.json()["response"]["responseType"]) == (
        202,
        "Accepted",
        "FileResource",
    )
    assert (told["contentLength"], told["contentMd5"]) == (len(PDF), hashlib.md5(PDF).hexdigest())
    assert (told["contentType"], told["domain"]) == ("application/pdf", "MESSAGE_ATTACHMENT")
    sent = write(dhis2, attachments=[{"id": told["id"]}])
    assert (sent.status_code, sent.json()["httpStatus"]) == (201, "Created")
    conversation = sent.headers["location"].removeprefix("/messageConversations/")
    held = dhis2.get(f"/api/messageConversations/{conversation}", fields=SINGLE).json()
    assert held["messages"][0]["attachments"][0]["id"] == told["id"]
    assert write(dhis2, attachments=[{"id": told["id"]}]).status_code == 409
    assert write(dhis2, attachments=[{"id": "aaaaaaaaaaa"}]).status_code == 409


def test_a_uid_of_ones_own_is_taken_once_from_2_39_on(at: At) -> None:
    dhis2 = at("2.40.12")
    assert upload(dhis2, uid="frA1b2C3d4E").json()["response"]["fileResource"]["id"] == "frA1b2C3d4E"
    again = upload(dhis2, uid="frA1b2C3d4E")
    assert (again.status_code, again.json()["errorCode"]) == (409, "E1119")
    assert upload(at("2.38.7"), uid="frA1b2C3d4E").json()["response"]["fileResource"]["id"] != "frA1b2C3d4E"


def test_what_an_upload_may_not_be(at: At) -> None:
    dhis2 = at("2.40.12")
    assert upload(dhis2, b"x" * (10 * 1024 * 1024 + 1)).status_code == 413
    assert dhis2.post("/api/fileResources", b"x").status_code == 415
    bad = {"Content-Type": "multipart/form-data; boundary=q"}
    assert dhis2.post("/api/fileResources", b"--q\r\n\r\nx\r\n--q--", headers=bad).status_code == 400
    assert dhis2.post("/api/messageConversations/attachments", b"x", headers=bad).status_code in (404, 405, 415)


def test_who_may_be_written_to(at: At) -> None:
    dhis2 = at("2.40.12")
    nobody = write(dhis2, users=None)
    assert (nobody.status_code, nobody.json()["message"]) == (409, "No recipients selected.")
    assert write(dhis2, users=[{"id": "aaaaaaaaaaa"}]).status_code == 409
    assert write(dhis2, users=None, organisationUnits=[{"id": "aaaaaaaaaaa"}]).status_code == 409
    assert write(dhis2, users=None, userGroups=[{"id": "aaaaaaaaaaa"}]).status_code == 404
    assert write(dhis2, users=None, userGroups=[{"id": GROUP}]).status_code == 201
    assert write(dhis2, users=None, organisationUnits=[{"id": OU}]).status_code == 201
    assert len(dhis2.kept("messages")) == 2


def test_a_message_sent_twice_is_there_twice_and_the_sender_finds_his_token(at: At) -> None:
    dhis2 = at("2.40.12")
    dhis2.control("faults", lose_answer=1)
    with pytest.raises(httpx.HTTPError):
        write(dhis2)
    assert [c["subject"] for c in inbox(dhis2, queryString="[edge:7f3a]")] == ["Confirmation BC-2026-00123 [edge:7f3a]"]
    write(dhis2)
    assert len(inbox(dhis2)) == 2


def test_a_reply_is_the_raw_text(at: At) -> None:
    dhis2 = at("2.40.12")
    made = arrive(dhis2)
    file = upload(dhis2).json()["response"]["fileResource"]["id"]
    text = {"Content-Type": "text/plain; charset=UTF-8"}
    path = f"/api/messageConversations/{made['conversation']}"
    assert dhis2.post(path, "Bien reçu".encode(), headers=text, internal="false", attachments=file).status_code == 201
    assert [c["read"] for c in inbox(dhis2)] == [True]
    said = dhis2.get(path, fields=SINGLE).json()["messages"]
    assert [(m["text"], m["sender"]["id"]) for m in said] == [("Bonjour", MEDEXIS), ("Bien reçu", uid("user:cscom"))]
    assert said[1]["attachments"][0]["id"] == file
    assert dhis2.post(path, b"x", headers=text, attachments=file).status_code == 409
    assert dhis2.post(path, b"x", headers=text, internal="true").status_code == 403
    assert dhis2.post("/api/messageConversations/aaaaaaaaaaa", b"x", headers=text).status_code == 404
    assert dhis2.post(path, {"text": "x"}).status_code == 415


def test_files_attached_to_nothing_go_at_night(at: At) -> None:
    dhis2 = at("2.40.12")
    arrive(dhis2)
    lost = upload(dhis2).json()["response"]["fileResource"]["id"]
    assert dhis2.control("night") == {"removed": 1}
    assert dhis2.get(f"/api/fileResources/{lost}").status_code == 404
    assert write(dhis2, attachments=[{"id": lost}]).status_code == 409
    assert len(dhis2.kept("files")) == 1
