"""Text to providers: what is held back before the selection, and what is not."""

import unicodedata

import pytest

from procurement.domain.fairness import SIGNS, suspicions


@pytest.mark.parametrize(
    "text",
    [
        "다른 업체가 제시한 금액은 1,000만원입니다.",
        "타사 견적은 더 낮습니다.",
        "경쟁사보다 저렴하게 해 주실 수 있나요?",
        "다른 제공자 대비 비용이 높습니다.",
        "가격을 인하해 주실 수 있습니까?",
        "요금 할인이 가능합니까?",
        "견적 금액을 조금 깎아 주세요.",
        "이용료를 낮춰 주실 수 있나요?",
        "추가 할인을 부탁드립니다.",
        "할인을 요구합니다.",
        "네고 가능할까요?",
        "가격네고 됩니까?",
        "단가 협상을 원합니다.",
        "최저가를 낸 곳과 계약하겠습니다.",
        "가격 경쟁을 부탁드립니다.",
        "더 낮은 견적을 제출해 주세요.",
        "계약을 해 드릴 테니 이전 비용은 빼 주세요.",
        "계약하는 조건으로 이관을 무상으로 해 주세요.",
        "가격을\n 인하해 주세요. 가격을  인하해  주세요.",
        unicodedata.normalize("NFD", "가격을 인하해 주세요."),
    ],
)
def test_bargaining_is_recognised(text: str) -> None:
    """Each sentence sets candidates against one another or bargains with one."""
    assert suspicions(text)


@pytest.mark.parametrize(
    "text",
    [
        "약정 기간에 따른 요금 할인 정책을 알려 주십시오.",
        "공공기관 할인 기준이 요금표에 있습니까?",
        "가용률 99.9%를 보장하는 방법을 설명해 주십시오.",
        "비용을 낮추는 자동 조정 기능이 있습니까?",
        "클라우드 비용 절감 기능을 설명해 주십시오.",
        "SSL 네고시에이션 시간을 알려 주십시오.",
        "운영 자료를 건네고 받는 절차가 있습니까?",
        "인하대학교 이용 사례가 있습니까?",
        "다른 업체의 서비스와 연동할 수 있습니까?",
        "타사 서비스에서 자료를 옮겨 올 수 있습니까?",
        "견적서에 부가세가 포함되어 있습니까?",
        "장애가 났을 때 현장 지원이 몇 시간 안에 됩니까?",
        "협상에 의한 계약 실적이 있습니까?",
        "가격 경쟁력 있는 저장소 등급이 무엇인지 서비스 설명서 쪽수를 알려 주십시오.",
        "계약이 끝날 때 자료를 어떤 형식으로 돌려줍니까?",
        "단가표에 없는 항목이 있습니까?",
        "",
    ],
)
def test_ordinary_questions_pass(text: str) -> None:
    """A question on the service or on the published price policy is nothing to hold back."""
    assert suspicions(text) == ()


def test_the_sentence_says_what_and_how_to_put_it() -> None:
    """What was found is named, and so is the way out."""
    (found,) = suspicions("네고 되나요?")
    assert "네고" in found.message
    assert "⑥" in found.message


def test_every_sign_gives_a_way_out() -> None:
    """No sign only refuses."""
    assert all(sign.what and sign.instead.endswith(("요.", "다.")) for sign in SIGNS)
