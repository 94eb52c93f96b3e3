"""Rules M-5 to M-7 of ⑧: changes, what is watched while the contract runs, notices of the provider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from procurement.domain.facts import CaseFacts
from procurement.domain.facts.definition import ProviderKind
from procurement.domain.facts.monitoring import Fault, NoticeKind, WatchKind
from procurement.domain.obligations import contract_end
from procurement.domain.periods import format_date
from procurement.domain.rules.base import (
    Kind,
    Problem,
    Rule,
    Severity,
    Verdict,
    from_problems,
    lacking,
    not_applicable,
)
from procurement.domain.rules.reading import (
    NO_CLOUD,
    after_conclusion,
    contracts_cloud,
    is_cloud,
    korean_day,
    winners,
)
from procurement.domain.steps import Step

# 시행령 제16조: an outage of ten minutes, or two within a day that come to fifteen, is to be told.
_OUTAGE = timedelta(minutes=10)
_OUTAGES_TOGETHER = timedelta(minutes=15)
_A_DAY = timedelta(hours=24)


def _changes_recorded(facts: CaseFacts, _: date) -> Verdict:
    """M-5: a change of function or configuration names who approved it."""
    return from_problems(
        (
            lacking(
                f"{format_date(change.changed_on)}의 변경 ‘{change.content[:40]}’을(를) "
                "누가 승인했는지 없습니다. 승인한 사람을 적으세요.",
                f"change{number}",
                "changes",
            )
            for number, change in enumerate(facts.monitoring.changes, start=1)
            if not change.approved_by.strip()
        ),
        "" if facts.monitoring.changes else "기록된 변경이 없습니다.",
    )


def _watched_kinds(facts: CaseFacts) -> Iterator[WatchKind]:
    """What there is to watch: certificates of cloud services, partnership unless the provider is original."""
    kinds = [wanted.provider_kind for lot in facts.head.lots if (wanted := facts.definition.lot(lot))]
    for kind in WatchKind:
        if kind is WatchKind.CERTIFICATE and not contracts_cloud(facts):
            continue
        if kind is WatchKind.PARTNERSHIP and kinds and all(k is ProviderKind.ORIGINAL for k in kinds):
            continue
        yield kind


def expiring_certificates(facts: CaseFacts) -> tuple[tuple[str, str, date], ...]:
    """Certificates that end before the contract does, unless one looked again after that day.

    :returns: result id, service name and last day of each.
    """
    end = contract_end(facts)
    if end is None:
        return ()
    seen = [
        w.checked_on for w in facts.monitoring.watches if w.kind is WatchKind.CERTIFICATE and not w.problem
    ]
    return tuple(
        (row.result_id, row.service_name, row.csap_to)
        for lot, row in winners(facts)
        if is_cloud(facts, lot, row)
        and row.csap_to is not None
        and row.csap_to < end
        and not any(day > row.csap_to for day in seen)
    )


def _watched(facts: CaseFacts, _: date) -> Verdict:
    """M-6: everything has been looked at, and what was found wrong last stands out."""
    problems = []
    unseen = []
    for kind in _watched_kinds(facts):
        records = [w for w in facts.monitoring.watches if w.kind is kind]
        if not records:
            unseen.append(kind.label)
            continue
        last = max(records, key=lambda w: w.checked_on)
        if last.problem:
            problems.append(
                Problem(
                    f"‘{kind.label}’에 문제가 있습니다({last.content[:60]}). "
                    "조치하고 다시 확인한 것을 적으세요.",
                    kind.value,
                    "watches",
                )
            )
    if unseen:
        problems.append(
            lacking(
                f"아직 살펴보지 않은 것이 있습니다: {', '.join(unseen)}. 확인하고 기록하세요.",
                "unseen",
                "watches",
            )
        )
    problems += [
        Problem(
            f"서비스 ‘{name}’의 보안인증(CSAP)이 계약이 끝나기 전인 {format_date(day)}에 끝납니다. "
            "제공자에게 연장 여부를 확인하세요.",
            result_id,
            "watches",
        )
        for result_id, name, day in expiring_certificates(facts)
    ]
    return from_problems(problems)


def _lasted(fault: Fault) -> timedelta | None:
    return None if fault.recovered_at is None else fault.recovered_at - fault.notified_at


def _to_be_told(fault: Fault, faults: tuple[Fault, ...]) -> bool:
    """Whether an outage is long enough for the provider to have to tell of it."""
    lasted = _lasted(fault)
    if lasted is None or lasted >= _OUTAGE:
        return True
    within = [
        _lasted(f) or timedelta(0)
        for f in faults
        if timedelta(0) <= f.notified_at - fault.notified_at < _A_DAY and f.service == fault.service
    ]
    return len(within) > 1 and sum(within, timedelta(0)) >= _OUTAGES_TOGETHER


def _provider_told(facts: CaseFacts, _: date) -> Verdict:
    """M-7: outages that the law wants told have a notice of the provider."""
    if not contracts_cloud(facts):
        return not_applicable(NO_CLOUD)
    told = [n.received_on for n in facts.monitoring.notices if n.kind is NoticeKind.OUTAGE]
    problems = [
        lacking(
            f"{fault.number}번 장애에 대한 제공자의 통지가 기록에 없습니다. "
            "통지를 받았으면 기록하고, 받지 못했으면 제공자에게 요구하세요.",
            fault.fault_id,
            "notices",
        )
        for fault in facts.monitoring.faults
        if _to_be_told(fault, facts.monitoring.faults)
        and not any(day >= korean_day(fault.notified_at) for day in told)
    ]
    return from_problems(problems)


RULES: tuple[Rule, ...] = (
    Rule(
        "M-5",
        Step.MONITORING,
        Kind.REMINDER,
        Severity.REMIND,
        "기능이나 구성의 변경을 기록합니다.",
        "과업지시서 Ⅱ 일반사항",
        after_conclusion(_changes_recorded),
    ),
    Rule(
        "M-6",
        Step.MONITORING,
        Kind.REMINDER,
        Severity.REMIND,
        "보안인증, 선정 효력, 신용등급, 휴·폐업, 서비스 상태, 파트너십을 살펴봅니다.",
        "지침 Ⅱ.5, Ⅲ.3.⑧",
        after_conclusion(_watched),
    ),
    Rule(
        "M-7",
        Step.MONITORING,
        Kind.REMINDER,
        Severity.REMIND,
        "제공자는 서비스 중단과 이용자 정보 유출을 알립니다.",
        "클라우드컴퓨팅법 제25조, 같은 법 시행령 제16조",
        after_conclusion(_provider_told),
    ),
)
