"""⑦ and ⑧ facts from records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from procurement.domain.facts.monitoring import MonitoringFacts
from procurement.domain.facts.registration import RegistrationFacts
from procurement.services.records import ActiveRecord

# Records whose facts carry their own id: the thread's.
_ID_FIELDS = {"figure": "figure_id", "fault": "fault_id", "demand": "demand_id"}


def registrations(active: Sequence[ActiveRecord]) -> RegistrationFacts:
    """Registrations made, in the order recorded."""
    return RegistrationFacts(registrations=_values(active, "registration"))


def load(active: Sequence[ActiveRecord]) -> MonitoringFacts:
    """All that was monitored."""
    return MonitoringFacts(
        figures=_values(active, "figure"),
        faults=_values(active, "fault"),
        demands=_values(active, "demand"),
        compensations=_values(active, "compensation"),
        confirmations=_values(active, "confirmation"),
        changes=_values(active, "change"),
        watches=_values(active, "watch"),
        notices=_values(active, "notice"),
    )


def _values(active: Sequence[ActiveRecord], kind: str) -> tuple[Any, ...]:
    id_field = _ID_FIELDS.get(kind)
    return tuple(
        replace(record.value, **{id_field: record.thread_id}) if id_field else record.value
        for record in active
        if record.kind == kind
    )
