"""What an example is: the stage of the case that it begins from, and the request that it makes there."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from procurement.models import Account
from procurement.services import records
from tests.support.factories import signed_in
from tests.support.stages import Scene, Stage

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Request:
    """Where to send which form, and who sends it: the person of the scene where nobody is named.

    ``file``: name and bytes of what travels along. ``signed_out``: by somebody who is not signed in.
    """

    url: str
    fields: Fields = field(default_factory=dict)
    by: Account | None = None
    method: str = "POST"
    file: tuple[str, bytes] | None = None
    signed_out: bool = False

    def send(self, client: FlaskClient, person: Account) -> TestResponse:
        """Send it; ``person`` is who is signed in when it names nobody."""
        if not self.signed_out:
            signed_in(client, self.by or person)
        data = dict(self.fields)
        if self.file is not None:
            name, content = self.file
            data["file"] = (io.BytesIO(content), name)
        return client.open(self.url, method=self.method, data=data or None)


@dataclass(frozen=True)
class Example:
    """``prepare`` brings the case from ``stage`` to where the request is possible.

    It runs in an application context, outside any piece of work.
    """

    stage: Stage
    prepare: Callable[[Scene], Request]


def today() -> str:
    """Today as a date field takes it."""
    return records.today().isoformat()


def first(at: Scene, request: Request) -> TestResponse:
    """Send a request that has to come before the one that is the example."""
    answer = request.send(current_app.test_client(), at.person)
    assert answer.status_code in (200, 302), answer.text
    return answer
