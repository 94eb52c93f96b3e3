"""⑤ Papers: requests for quotes, quotes, questions to providers, material, the result of the mall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from procurement.domain.access import Actor
from procurement.domain.errors import Conflict, InvalidInput, NotFound, Refused
from procurement.domain.facts.selection import (
    MallResult,
    Material,
    ProviderAnswer,
    ProviderQuestion,
    Quote,
    QuoteRequest,
)
from procurement.domain.selection import MATERIAL_KINDS, opening_subject, quotes_sealed, table_closed
from procurement.models import Case, CaseRecord, Justification
from procurement.models.base import now
from procurement.services import justifications, ledger, records
from procurement.services.facts_selection import belongs
from procurement.services.records import ActiveRecord
from procurement.services.selection_guard import (
    Selecting,
    Wording,
    begin,
    hold_back,
    moment_of,
    require_fair,
    require_file,
)

KINDS = ("quote_request", "quote", "question", "material", "mall_result")


@dataclass(frozen=True)
class Recipients:
    """To which services something goes, and why not to all."""

    result_ids: tuple[str, ...]
    partial_reason: str = ""


def of_lot(case: Case, kind: str, lot: int, results: Iterable[str]) -> list[ActiveRecord]:
    """Records of a kind that are about these results of a lot, oldest first."""
    known = frozenset(results)
    return [
        r for r in records.active(case) if r.kind == kind and r.value.lot == lot and belongs(r.value, known)
    ]


def request_quotes(
    actor: Actor,
    case: Case,
    lot: int,
    to: Recipients,
    *,
    due_on: date | None,
    content: str,
    evidence_id: str | None = None,
) -> CaseRecord:
    """Record that quotes were asked for: of every service of the final run, or of fewer with a reason.

    ``content`` or the file says what was sent. Raises ``InvalidInput`` where neither does, without a due
    day, for one in the past, or for fewer without a reason, and ``Refused`` for a service that is not in the
    final run (E-4) or text that bargains (E-5).
    """
    at = begin(actor, case, lot)
    _check_recipients(at, to)
    if due_on is None or due_on < at.facts.today:
        raise InvalidInput("견적을 받을 기한을 오늘이나 그 뒤의 날로 적어 주세요.", "due_on")
    require_fair(at, content, to.partial_reason)
    sent = require_file(at, evidence_id, ("quote_request",))
    if not content.strip() and sent is None:
        raise InvalidInput("보낸 내용을 옮겨 적거나 보낸 글을 파일로 붙여 주세요.", "content")
    value = QuoteRequest(
        lot, at.run.run_id, to.result_ids, due_on, content.strip(), to.partial_reason.strip(), sent
    )
    return records.add(actor, case, "quote_request", value, now())


def keep_quote(
    actor: Actor,
    case: Case,
    quote: Quote,
    *,
    base_version: int = 0,
    reason: str = "",
    wording_reason: str = "",
) -> CaseRecord:
    """Record a quote received, or a newer one of the same service on top of ``base_version``.

    Raises ``InvalidInput`` for impossible days or a newer quote without a reason, ``Conflict`` when
    somebody recorded one meanwhile, ``Refused`` for a service that is not in the final run (E-4), for
    any change once the table is closed (E-13) and for a note that bargains, without ``wording_reason``.
    """
    at = begin(actor, case, quote.lot)
    at.service(quote.result_id)
    if table_closed(at.facts, quote.lot):
        raise Refused("평가가 끝난 뒤에는 견적을 적거나 고칠 수 없습니다. 평가한 견적 그대로 두세요.", "E-13")
    if quote.valid_until is not None and quote.valid_until < quote.received_on:
        raise InvalidInput("유효기간이 받은 날보다 앞섭니다. 날짜를 확인해 주세요.", "valid_until")
    kept = replace(quote, evidence_id=require_file(at, quote.evidence_id, ("quote",)))
    hold_back(actor, case, at.facts, Wording("견적", (quote.note, reason), wording_reason))
    moment = moment_of(quote.received_on, "received_on")
    old = next(iter(of_lot(case, "quote", quote.lot, [quote.result_id])), None)
    if old is None:
        return records.add(actor, case, "quote", kept, moment)
    if old.version != base_version:
        raise Conflict("그사이 다른 사람이 이 서비스의 견적을 적었습니다. 새로 고쳐 확인해 주세요.")
    if not reason.strip():
        raise InvalidInput("이미 적은 견적을 바꾸는 사유를 적어 주세요.", "reason")
    return records.revise(actor, case, old.thread_id, old.version, kept, moment, reason.strip())


def open_quotes(actor: Actor, case: Case, lot: int, reason: str, wording_reason: str = "") -> Justification:
    """Open the quotes of a lot before its criteria are fixed; the reason stands with rule E-3.

    Raises ``InvalidInput`` without a reason and ``Refused`` when they are open already.
    """
    at = begin(actor, case, lot)
    if not reason.strip():
        raise InvalidInput("평가기준보다 견적을 먼저 열어야 하는 사유를 적어 주세요.", "reason")
    if not quotes_sealed(at.facts, lot):
        raise Refused("견적이 이미 열려 있습니다. 화면을 새로 고쳐 주세요.", "E-3")
    hold_back(actor, case, at.facts, Wording("견적을 먼저 여는 사유", (reason,), wording_reason))
    row = justifications.add(actor, case, "E-3", opening_subject(lot), reason.strip())
    ledger.record(actor, "quotes.opened", case=case, body={"lot": lot, "reason": row.text}, rows=[row])
    return row


def ask(actor: Actor, case: Case, question: ProviderQuestion) -> CaseRecord:
    """Record a question to providers: to all of the final run, or to some with a reason (E-8).

    Raises ``InvalidInput`` without a text, a day or a reason, ``Refused`` for text that bargains (E-5).
    """
    at = begin(actor, case, question.lot)
    if not question.question.strip():
        raise InvalidInput("제공자에게 물은 내용을 적어 주세요.", "question")
    if not question.channel.strip():
        raise InvalidInput(
            "무엇으로 물었는지 적어 주세요. 예: 이용지원시스템 문의, 전자우편, 전화", "channel"
        )
    _check_recipients(at, Recipients(question.result_ids, question.partial_reason))
    require_fair(at, question.question, question.partial_reason)
    kept = replace(question, evidence_id=require_file(at, question.evidence_id, ("question",)))
    return records.add(actor, case, "question", kept, moment_of(question.asked_on, "asked_on"))


def answer(
    actor: Actor,
    case: Case,
    lot: int,
    thread_id: str,
    base_version: int,
    *,
    text: str,
    answered_on: date | None,
    of: str | None = None,
    evidence_id: str | None = None,
    wording_reason: str = "",
) -> CaseRecord:
    """Write down the answer of one service's provider (``of``) or of all together, as a new version.

    Raises ``InvalidInput`` without a text, with a day before the question or for a service that was not
    asked, ``Conflict`` when somebody
    answered meanwhile, ``NotFound`` for no such question, ``Refused`` for an answer that bargains,
    without ``wording_reason``: it is what the provider said.
    """
    at = begin(actor, case, lot)
    if not text.strip():
        raise InvalidInput("제공자의 응답을 적어 주세요.", "answer")
    moment = moment_of(answered_on, "answered_on")
    asked = _record(case, at, "question", thread_id)
    if answered_on is not None and answered_on < asked.value.asked_on:
        raise InvalidInput("응답한 날이 물은 날보다 앞섭니다. 날짜를 확인해 주세요.", "answered_on")
    hold_back(actor, case, at.facts, Wording("제공자의 응답", (text,), wording_reason))
    file = require_file(at, evidence_id, ("question",)) or asked.value.evidence_id
    value = _answered(asked.value, of, text.strip(), answered_on)
    return records.revise(actor, case, thread_id, base_version, replace(value, evidence_id=file), moment)


def _answered(
    question: ProviderQuestion, of: str | None, text: str, answered_on: date | None
) -> ProviderQuestion:
    if of is None:
        return replace(question, answer=text, answered_on=answered_on)
    if of not in question.result_ids:
        raise InvalidInput("질의한 서비스 가운데에서 골라 주세요.", "of")
    others = [a for a in question.answers if a.result_id != of]
    place = {result_id: n for n, result_id in enumerate(question.result_ids)}
    added = [*others, ProviderAnswer(of, text, answered_on)]
    return replace(question, answers=tuple(sorted(added, key=lambda a: place[a.result_id or ""])))


def add_material(actor: Actor, case: Case, material: Material) -> CaseRecord:
    """Record material that the evaluation uses, of one service or of all (E-7).

    Raises ``InvalidInput`` for an unknown kind or no file, ``Refused`` for a strange service (E-4).
    """
    at = begin(actor, case, material.lot)
    if material.kind not in MATERIAL_KINDS:
        raise InvalidInput("자료의 종류를 목록에서 골라 주세요.", "kind")
    if material.result_id is not None:
        at.service(material.result_id)
    if require_file(at, material.evidence_id, ("material", "proposal")) is None:
        raise InvalidInput("자료 파일을 올려 주세요.", "file")
    return records.add(actor, case, "material", material, now())


def keep_mall_result(actor: Actor, case: Case, result: MallResult) -> CaseRecord:
    """Record the result of the mall's own procedure (E-1, E-11), central route only.

    Raises ``Refused`` on the own route or for a strange service, ``InvalidInput`` without the proposal
    or the day.
    """
    at = begin(actor, case, result.lot)
    if not at.central:
        raise Refused("자체조달은 기관이 평가하여 정합니다. 평가표로 평가해 주세요.", "E-1")
    at.service(result.result_id)
    if not result.proposal.strip():
        raise InvalidInput("평가한 제안서를 적어 주세요. 기본제안서면 기본제안서라고 적습니다.", "proposal")
    kept = replace(result, evidence_id=require_file(at, result.evidence_id, ("mall_result",)))
    return records.add(actor, case, "mall_result", kept, moment_of(result.decided_on, "decided_on"))


def withdraw(actor: Actor, case: Case, lot: int, kind: str, thread_id: str, reason: str) -> CaseRecord:
    """Take a mistaken paper out of account, with a reason; it stays on the record.

    Raises ``Refused`` for a quote once the table is closed (E-13) and ``NotFound`` for no such record.
    """
    at = begin(actor, case, lot)
    if kind == "quote" and table_closed(at.facts, lot):
        raise Refused("평가가 끝난 뒤에는 견적을 취소할 수 없습니다.", "E-13")
    _record(case, at, kind, thread_id)
    return records.withdraw(actor, case, thread_id, reason)


def _check_recipients(at: Selecting, to: Recipients) -> None:
    if not to.result_ids:
        raise InvalidInput("보낼 서비스를 하나 이상 골라 주세요.", "result_ids")
    for result_id in to.result_ids:
        at.service(result_id)
    if len(set(to.result_ids)) < len(at.run.results) and not to.partial_reason.strip():
        raise InvalidInput(
            "최종 검색의 모든 서비스에 똑같이 보내는 것이 원칙입니다. 일부에만 보내는 사유를 적어 주세요.",
            "partial_reason",
        )


def _record(case: Case, at: Selecting, kind: str, thread_id: str) -> ActiveRecord:
    found = of_lot(case, kind if kind in KINDS else "", at.lot, [r.result_id for r in at.run.results])
    record = next((r for r in found if r.thread_id == thread_id), None)
    if record is None:
        raise NotFound("그런 기록이 없습니다. 목록을 새로 고쳐 확인해 주세요.")
    return record
