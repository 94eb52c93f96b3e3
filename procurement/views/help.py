"""Help, and whether the program is alive."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from procurement.domain.rules.base import Kind, Severity
from procurement.domain.rules.registry import rules_of
from procurement.domain.steps import STEPS

blueprint = Blueprint("help", __name__)

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("디지털서비스", "심사위원회가 선정한 클라우드컴퓨팅서비스, 지원서비스, 융합서비스입니다."),
    ("이용지원시스템", "선정된 디지털서비스를 검색하고 이용계약 정보를 등록하는 누리집입니다."),
    ("디지털서비스몰", "조달청이 카탈로그계약을 맺은 디지털서비스를 파는 쇼핑몰입니다. 중앙조달에 씁니다."),
    ("요구사항 정의서", "무엇이 왜 필요한지 적은 글입니다. 검색어와 평가 기준이 여기에서 나옵니다."),
    ("최종 검색", "평가할 서비스를 정하는 한 번의 검색입니다. 그 결과의 모든 서비스를 평가합니다."),
    ("자체조달", "기관이 직접 수의계약으로 계약하는 방식입니다."),
    ("중앙조달", "디지털서비스몰에서 납품을 요구하는 방식입니다."),
    ("원제공자 · 중개 제공자", "서비스를 만들어 제공하는 기업과, 그 서비스를 대신 파는 기업입니다."),
    ("보안인증(CSAP)", "클라우드컴퓨팅서비스의 보안을 확인한 인증입니다. 유효기간이 있습니다."),
    ("서비스수준(SLA)", "가용률, 장애 복구 시간처럼 제공자가 지키기로 한 품질과 어겼을 때의 보상입니다."),
    ("품의", "계약 내용과 증빙자료를 갖추어 결재를 올리는 일입니다."),
    ("사유", "권장 사항을 따르지 않는 까닭입니다. 적으면 완료할 수 있고 증빙에 그대로 실립니다."),
    ("원장", "누가 언제 무엇을 했는지 차례로 이어 적은 기록입니다. 고치면 검증에서 드러납니다."),
    (
        "계약 없이 종료",
        "계약하지 않기로 한 건을 까닭과 함께 닫는 일입니다. 건의 화면 아래에서 합니다.",
    ),
    ("다시 확인", "앞 단계가 바뀌어, 이 단계의 내용이 그대로 맞는지 보아야 하는 상태입니다."),
)

# What an unmet rule brings, by its kind and severity.
CONSEQUENCES = {
    (kind.value, severity.value): (
        "하지 못하게 막습니다"
        if kind is Kind.GUARD
        else {
            Severity.BLOCK: "■ 완료할 수 없습니다",
            Severity.JUSTIFY: "! 사유를 적습니다",
            Severity.REMIND: "● 알려 줍니다",
            Severity.NONE: "– 알려만 줍니다",
        }[severity]
    )
    for kind in Kind
    for severity in Severity
}


@blueprint.get("/help")
def index() -> BaseResponse:
    """The nine steps with their rules, and how the program is used."""
    return make_response(
        render_template(
            "help/index.html",
            steps=[(spec, rules_of(spec.step)) for spec in STEPS],
            case_rules=rules_of(None),
            glossary=GLOSSARY,
            consequences=CONSEQUENCES,
        )
    )


@blueprint.get("/health")
def health() -> BaseResponse:
    """For a proxy: the program answers."""
    response = make_response("ok")
    response.mimetype = "text/plain"
    return response
