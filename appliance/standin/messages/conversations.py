"""`/api/messageConversations`: reading."""

from __future__ import annotations

from appliance.standin.instance import Instance
from appliance.standin.messages import mail
from appliance.standin.wire.answers import Answer, Refusal, json_answer, message
from appliance.standin.wire.listing import listed
from appliance.standin.wire.request import Request
from appliance.standin.wire.selection import parsed, selected


def get_list(here: Instance, request: Request) -> Answer:
    """The calling user's own conversations, newest message first; `queryString` searches subject and texts."""
    found = mail.conversations(here, here.me()["id"])
    if wanted := request.one("queryString"):
        is_exact = request.one("queryOperator").lower() in ("eq", "equals")
        found = [
            c
            for c in found
            if any(
                wanted == t if is_exact else wanted.lower() in t.lower()
                for t in [c["subject"], *(m["text"] for m in c["messages"])]
            )
        ]
    return listed(request, "messageConversations", found, f"{here.settings.context_path}/api/messageConversations")


def get_one(here: Instance, request: Request, conversation: str) -> Answer:
    """One conversation. A missing one is 404, or in newer versions 200 with a message and no id."""
    check_access(here, conversation, missing=int(here.quirk("missing_mc")))
    me = here.me()["id"]
    if request.flag("markRead"):
        mail.mark_read(here, conversation, me)
    held = next(c for c in mail.conversations(here, me) if c["id"] == conversation)
    # Whether it is read is dependable in the list only.
    return json_answer(200, selected({**held, "read": False}, parsed(request.one("fields") or "*")))


def check_access(here: Instance, conversation: str, *, missing: int = 404) -> None:
    """Raise `Refusal` when there is no such conversation or the account is not in it."""
    if not mail.exists(here, conversation):
        text = f"No MessageConversation found with UID: {conversation}"
        raise Refusal(json_answer(missing, {"message": text}) if missing == 200 else message(missing, text))
    if not mail.takes_part(here, conversation, here.me()["id"]):
        raise Refusal(message(403, "Not authorized to access this conversation."))


def mark_read(here: Instance, request: Request) -> Answer:
    """Mark some as read."""
    request.needs_type("application/json")
    asked = request.json(sniffed=False)
    if not isinstance(asked, list):
        return message(400, "A list of ids is expected")
    me = here.me()["id"]
    found = [c for c in asked if isinstance(c, str) and mail.takes_part(here, c, me)]
    if not found:
        return json_answer(404, {"message": "No MessageConversations found for the given IDs."})
    for conversation in found:
        mail.mark_read(here, conversation, me)
    return json_answer(200, {"markedRead": found})
