"""What pages with a record's form share: trying the act, and the files that can be its proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from wtforms import Form

from procurement.domain.errors import Conflict, InvalidInput, Refused
from procurement.domain.facts import CaseFacts
from procurement.forms.record_fields import tell
from procurement.services.evidence import PURPOSES
from procurement.views.edge import note_refusal

DONE = 0
SHOW = 200


def attempt(form: Form, act: Callable[[], object]) -> int:
    """Do ``act`` when the form was sent and is filled in rightly.

    Returns ``DONE``, or the status to show the form with: ``SHOW`` when it was only asked for. What the act
    finds wrong is put beside its field, so that everything typed stays on the page; what a rule refuses is
    written down besides.
    """
    if request.method != "POST":
        return SHOW
    if not form.validate():
        return InvalidInput.status
    try:
        act()
    except (InvalidInput, Conflict) as error:
        tell(form, error)
        return error.status
    except Refused as error:
        note_refusal(error)
        tell(form, error)
        return error.status
    return DONE


def sent() -> Any:
    """What was sent with the request, ``None`` when a form is only asked for."""
    return request.form if request.method == "POST" else None


def proofs(facts: CaseFacts) -> list[tuple[str, str]]:
    """Files of the case that stand, the newest first, as choices: id and what is shown."""
    return [
        (file.evidence_id, f"{file.name} ({PURPOSES.get(file.purpose, file.purpose)})")
        for file in reversed(facts.evidence)
        if not file.superseded
    ]


def proof_name(facts: CaseFacts, evidence_id: str | None) -> str:
    """Name of a file of the case, ``""`` for none."""
    return next((file.name for file in facts.evidence if file.evidence_id == evidence_id), "")
