"""What an event says in Korean; a kind that is not listed here is shown by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from procurement.domain.counting import counted
from procurement.domain.facts.closing import EndKind
from procurement.domain.hangul import with_particle
from procurement.domain.labels import Labelled
from procurement.domain.steps import SPEC, Step

_COPIED = {"downloaded": "내려받음", "mailed": "전자우편", "printed": "묶음 표지에 인쇄"}

_TITLES = {step.value: SPEC[step].title for step in Step}

_SENTENCES: Mapping[str, str | Callable[[Mapping[str, Any]], str]] = {
    "case.opened": lambda d: f"이용계약 건 {_object(d, 'number')} 만들었습니다.",
    "case.ended": lambda d: f"계약 없이 종료했습니다({_label(EndKind, d, 'kind')}): {d.get('reason', '')}",
    "case.taken_up": lambda d: f"계약 없이 종료했던 건을 되살렸습니다: {d.get('reason', '')}",
    "member.added": "참여자를 지정했습니다.",
    "step.completed": lambda d: f"{_title(d)} 단계를 완료했습니다.",
    "step.confirmed": lambda d: f"{_title(d)} 단계를 다시 확인했습니다: {d.get('reason', '')}",
    "step.reopened": lambda d: f"{_title(d)} 단계를 다시 열었습니다: {d.get('reason', '')}",
    "reason.written": lambda d: f"규칙 {d.get('rule', '')}에 사유를 적었습니다: {d.get('text', '')}",
    "reason.wording": lambda d: (
        f"흥정이나 경쟁으로 읽히는 말을 사유를 적고 남겼습니다({d.get('where', '')}, "
        f"‘{'’, ‘'.join(d.get('found', []))}’): {d.get('reason', '')}"
    ),
    "definition.frozen": lambda d: f"정의서를 {d.get('number', '')}판으로 확정했습니다.",
    "evidence.attached": lambda d: f"증빙 {_quoted(d)} 올렸습니다.",
    "evidence.downloaded": lambda d: f"증빙 {_quoted(d)} 내려받았습니다.",
    "act.refused": lambda d: f"금지된 행위를 막았습니다(규칙 {d.get('rule', '')}): {d.get('what', '')}",
    "member.removed": "참여자 지정을 거두었습니다.",
    "institution.created": lambda d: f"기관 {_object(d, 'name')} 만들었습니다.",
    "institution.changed": "기관 설정을 바꾸었습니다.",
    "account.created": "계정을 만들었습니다.",
    "account.roles_changed": "계정의 역할을 바꾸었습니다.",
    "account.deactivated": "계정의 사용을 중지했습니다.",
    "account.activated": "계정을 다시 쓰게 했습니다.",
    "account.password_changed": "비밀번호를 바꾸었습니다.",
    "account.password_set": "링크로 비밀번호를 정했습니다.",
    "account.link_made": "비밀번호를 정하는 링크를 만들었습니다.",
    "search.run": lambda d: (
        f"검색 {d.get('number', '')}번을 기록했습니다(결과 {counted(d.get('results', 0), 'service')})."
    ),
    "search.final": lambda d: f"검색 {d.get('number', '')}번을 최종 검색으로 정했습니다.",
    "search.exported": lambda d: (
        f"검색 {d.get('number', '')}번의 결과를 {d.get('format', '')} 파일로 내려받았습니다."
    ),
    "criteria.fixed": "평가항목과 배점을 확정했습니다.",
    "quotes.opened": lambda d: f"평가기준보다 먼저 견적을 열었습니다: {d.get('reason', '')}",
    "sheet.submitted": "평가표를 제출했습니다.",
    "evaluation.exported": "평가표를 엑셀 파일로 내려받았습니다.",
    "outcome.recorded": "검색된 서비스의 결과를 기록했습니다.",
    "decision.made": "이용계약 대상을 정했습니다.",
    "approval.requested": "품의를 올렸습니다.",
    "approval.bundle": "품의에 붙일 증빙자료 묶음을 만들었습니다.",
    "approval.answered": "품의에 답했습니다.",
    "contract.concluded": "계약을 체결했습니다.",
    "body.erased": lambda d: (
        f"{d.get('seq', '')}번 기록의 본문을 법에 따라 지웠습니다: {d.get('ground', '')}"
    ),
    "row.erased": lambda d: (
        f"{'증빙 파일을' if 'digest' in d else '기록의 글을'} 법에 따라 지웠습니다: {d.get('ground', '')}"
    ),
    "draft.erased": lambda d: f"쓰던 글을 법에 따라 지웠습니다: {d.get('ground', '')}",
    "account.erased": lambda d: f"계정의 이름을 법에 따라 지웠습니다: {d.get('ground', '')}",
    "erasure.searched": "지울 개인정보가 있는 곳을 찾았습니다.",
    "bag.made": "증빙 보관 묶음을 만들었습니다.",
    "bundle.signed": lambda d: f"증빙자료 묶음에 기관의 전자서명을 했습니다{_stamped(d)}.",
    "bundle.downloaded": "증빙자료 묶음을 내려받았습니다.",
    "checklist.downloaded": "종료 점검표를 내려받았습니다.",
    "checkpoint.written": lambda d: f"확인점 {d.get('number', '')}번을 썼습니다.",
    "checkpoint.stamped": lambda d: f"확인점 {d.get('number', '')}번에 시각 인증을 받았습니다.",
    "checkpoint.copied": lambda d: (
        f"확인점 {d.get('number', '')}번의 사본이 밖으로 나갔습니다"
        f"({_COPIED.get(str(d.get('how', '')), '')}: {d.get('detail', '')})."
    ),
    "key.introduced": lambda d: f"확인점에 서명할 열쇠 {d.get('key', '')}을(를) 쓰기 시작했습니다.",
    "key.rotated": lambda d: f"서명 열쇠를 새 열쇠로 바꾸었습니다: {d.get('key', '')}",
    "key.lost": lambda d: f"서명 열쇠를 잃어 새 열쇠({d.get('key', '')})로 정했습니다: {d.get('reason', '')}",
    "catalogue.page_read": "저장한 화면의 항목 이름을 맞추었습니다.",
    "ledger.recovered": lambda d: f"백업을 되살린 것을 기록했습니다: {d.get('reason', '')}",
    "catalogue.loaded": "서비스 목록을 불러왔습니다.",
    "catalogue.named": lambda d: f"중립성 확인에 쓸 이름 {_quoted(d)} 더했습니다.",
}

# Events made from a name and an act: "quote.added" and the like.
_RECORDS = {
    "quote_request": "견적요청",
    "quote": "견적서",
    "question": "제공자 질의응답",
    "material": "평가 자료",
    "declaration": "이해충돌 신고",
    "evaluator_release": "평가위원 해촉",
    "mall_result": "디지털서비스몰 선정 결과",
    "measured": "셈할 값",
    "negotiation": "기술협상",
    "approval_withdrawal": "품의 철회",
    "selected_check": "체결일의 선정 유효 확인",
    "delivery_demand": "조달요청과 납품요구",
    "amendment": "변경계약",
    "registration": "이용정보 등록",
    "figure": "서비스수준 실적",
    "fault": "장애",
    "demand": "개선 요구",
    "compensation": "보상 청구",
    "confirmation": "이행 확인",
    "change": "기능·구성 변경",
    "watch": "제공자 상태 확인",
    "notice": "제공자 통지",
    "checklist_mark": "종료 점검",
    "promise": "종료 약속 확인",
}
_ACTS = {"added": "기록을 남겼습니다.", "revised": "기록을 고쳤습니다.", "withdrawn": "기록을 취소했습니다."}


def record_name(kind: str) -> str:
    """What a record of a kind is called; empty for another kind."""
    return _RECORDS.get(kind, "")


def sentence_of(kind: str, data: Mapping[str, Any]) -> str:
    """A Korean sentence for an event of ``kind`` with its data."""
    known = _SENTENCES.get(kind)
    if known is not None:
        return known if isinstance(known, str) else known(data)
    name, _, act = kind.rpartition(".")
    if act == "saved" and name in _TITLES:
        return f"{_TITLES[name]} 내용을 저장했습니다(제{data.get('version', '?')}판)."
    if name in _RECORDS and act in _ACTS:
        return f"{_RECORDS[name]} {_ACTS[act]}"
    return kind


def _title(data: Mapping[str, Any]) -> str:
    return _TITLES.get(str(data.get("step", "")), "")


def _stamped(data: Mapping[str, Any]) -> str:
    if data.get("unstamped"):
        return f"(시각 인증을 받지 못함: {str(data['unstamped']).removesuffix('.')})"
    return "(시각 인증을 받음)" if data.get("stamped_at") else ""


def _label(kind: type[Labelled], data: Mapping[str, Any], key: str) -> str:
    known = {one.value: one.label for one in kind}
    return known.get(str(data.get(key, "")), "")


def _object(data: Mapping[str, Any], key: str) -> str:
    return with_particle(str(data.get(key, "")), "을", "를")


def _quoted(data: Mapping[str, Any]) -> str:
    return with_particle(f"‘{data.get('name', '')}’", "을", "를")
