"""What the rules read off a case again and again: lots of the definition, words compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import LotRequirements, RequirementsDefinition
from procurement.domain.rules.base import Problem

LotCheck = Callable[[CaseFacts, int, LotRequirements], Iterable[Problem]]


def lot_prefix(facts: CaseFacts, lot: int) -> str:
    """What a message starts with where the case has several lots; with one nobody sees the word."""
    return f"수요 항목 {lot}: " if len(facts.head.lots) > 1 else ""


def lot_subject(lot: int, rest: str = "") -> str:
    """Subject of a problem of a lot: ``"lot1"``, or ``"lot1 rest"``."""
    return f"lot{lot} {rest}".rstrip()


def newest_text(facts: CaseFacts) -> RequirementsDefinition | None:
    """The definition as last written: the working text, or the frozen one where nothing is open."""
    return facts.definition.working or facts.definition.frozen


def folded(text: str) -> str:
    """A word or name as people compare it: blanks, case and width do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def each_lot(facts: CaseFacts, check: LotCheck) -> list[Problem]:
    """Problems of every lot of the case.

    :param check: gets the case, the lot's place in the form from 0, and the lot; one that nobody has
        written yet comes as an empty lot.
    """
    text = newest_text(facts) or RequirementsDefinition()
    found: list[Problem] = []
    for index, number in enumerate(facts.head.lots):
        place = next((i for i, lot in enumerate(text.lots) if lot.lot == number), None)
        requirements = LotRequirements(number) if place is None else text.lots[place]
        found.extend(check(facts, index if place is None else place, requirements))
    return found
