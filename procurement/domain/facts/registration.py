"""⑦ Registration of the contract in the support system (guideline III.2.⑦)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from procurement.domain.labels import Labelled


class RegistrationKind(Labelled):
    """First registration, or correction after an amendment (G-3)."""

    INITIAL = "initial", "이용정보 등록"
    CORRECTION = "correction", "수정등록"


@dataclass(frozen=True)
class Registration:
    """One registration: the day it was made, its proof, and why it was late if it was."""

    kind: RegistrationKind
    registered_on: date
    amendment: int | None = None
    late_reason: str = ""
    evidence_id: str | None = None


@dataclass(frozen=True)
class RegistrationFacts:
    """Registrations made, and the day the first one is due (30 days, counted the Korean way)."""

    registrations: tuple[Registration, ...] = ()
    due_on: date | None = None

    @property
    def initial(self) -> Registration | None:
        """The first registration."""
        return next((r for r in self.registrations if r.kind is RegistrationKind.INITIAL), None)

    def correction_for(self, amendment: int) -> Registration | None:
        """The correction that answers amendment ``amendment``."""
        return next((r for r in self.registrations if r.amendment == amendment), None)
