"""Errors that rise from below and are turned into pages in one place (views/errors.py)."""

from procurement.domain.hangul import settled


class ProcurementError(Exception):
    """Anything that the user can mend; ``message`` is a Korean sentence that says how.

    ``field`` names the form field it belongs to, ``""`` for the whole page.
    """

    status = 400

    def __init__(self, message: str, field: str = "") -> None:
        message = settled(message)
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(ProcurementError):
    """A value that cannot be taken: wrong type, impossible date, negative money, unreadable file."""

    status = 422


class Refused(ProcurementError):
    """A guard: an act that a rule forbids. ``rule_id`` is the id of rules, e.g. ``"S-7"``."""

    status = 409

    def __init__(self, message: str, rule_id: str, field: str = "") -> None:
        super().__init__(message, field)
        self.rule_id = rule_id


class NotAllowed(ProcurementError):
    """The person's role or relation to the case does not permit the act."""

    status = 403


class NotFound(ProcurementError):
    """No such thing in this institution."""

    status = 404


class Conflict(ProcurementError):
    """Somebody else changed the thing meanwhile."""

    status = 409


class TooLarge(ProcurementError):
    """An upload over the limit."""

    status = 413
