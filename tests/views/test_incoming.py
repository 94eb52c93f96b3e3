"""Text is kept as its reader sees it: what shows nothing is nothing, what turns others around is left out."""

from __future__ import annotations

import unicodedata

import pytest
from flask import Request

from procurement.views import incoming

WORDS = "표본 사유, 3건"
FAMILY = "\U0001f468\u200d\U0001f469"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (WORDS, WORDS),
        (unicodedata.normalize("NFD", WORDS), WORDS),
        ("\u202e정상\u202c", "정상"),
        ("\u200b\u200d\ufeff", ""),
        ("\u3164\uffa0", ""),
        (" \u200b ", ""),
        ("\u0301", ""),
        ("  앞의 빈칸", "  앞의 빈칸"),
        (FAMILY, FAMILY),
        ("\u6a02 호환 한자 \uf914", "\u6a02 호환 한자 \uf914"),
        ("ᄒ", "ᄒ"),
        ("ㄱ", "ㄱ"),
    ],
)
def test_a_text_is_kept_as_it_is_seen(typed: str, kept: str) -> None:
    form = {"reason": typed, "password": typed}
    request = Request.from_values(method="POST", data=form, query_string={"q": typed})
    incoming.admit(request)
    assert request.form["reason"] == kept
    assert request.args["q"] == kept
    assert request.form["password"] == typed
