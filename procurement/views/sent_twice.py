"""The same form sent a second time: what it did is not done again, and who sent it is led to the same page.

A form is the same when the same person sends the same values and files from the same page (the token in it
says from which, since every page has its own), or from the page shown again while nothing else has happened
in the case. So a double click, or sending again after going back, neither adds a record twice nor writes a
refusal into the ledger that nobody meant.
"""

from __future__ import annotations

import hashlib
import json
from typing import IO

from flask import Request, flash, g, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.access import Actor
from procurement.services import sent_forms
from procurement.views.routes import APPENDS_NOTHING

_TOKEN = "csrf_token"  # noqa: S105 - the name of the field
_CHUNK = 1024 * 1024
_LONGEST_LOCATION = 2000


def begin(actor: Actor) -> BaseResponse | None:
    """Remember which form this request sends; the answer when it has been taken already."""
    g.sent_form = _sent(request) if request.method == "POST" and _counts(request) else None
    answered = answer(actor)
    if answered is not None:
        g.sent_form = None
    return answered


def _counts(sent: Request) -> bool:
    """Not what scripts send, with no token among its fields, nor what appends nothing and may come again."""
    return _TOKEN in sent.form and sent.endpoint not in APPENDS_NOTHING


def _sent(form: Request) -> sent_forms.Sent:
    files = [(name, one.filename, _digest_of(one.stream)) for name, one in form.files.items(multi=True)]
    fields = [(name, value) for name, value in form.form.items(multi=True) if name != _TOKEN]
    content = hashlib.sha256(json.dumps([form.full_path, fields, files]).encode())
    digest = content.copy()
    digest.update(form.form[_TOKEN].encode())
    return sent_forms.Sent(digest.hexdigest(), content.hexdigest())


def _digest_of(stream: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()


def answer(actor: Actor) -> BaseResponse | None:
    """The way to where the same form led when it was taken; ``None`` when it was not."""
    location = sent_forms.first_answer(actor, g.sent_form, g.case) if g.get("sent_form") else None
    if location is None:
        return None
    # What this request was about to say is about a change that did not happen.
    session.pop("_flashes", None)
    flash("같은 내용이 두 번 보내져 한 번만 저장했습니다.", "info")
    return redirect(location)


def keep(actor: Actor, response: BaseResponse) -> bool:
    """Keep that the form of this request was taken; gives whether it is the first of its kind.

    What is answered by a page of its own is not kept: there is no way back to that page.
    """
    location = response.headers.get("Location", "")
    if not g.get("sent_form") or not location or len(location) > _LONGEST_LOCATION:
        return True
    return sent_forms.keep(actor, g.sent_form, g.case, location)
