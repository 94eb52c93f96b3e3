"""What may not be written to providers before the selection: bargaining, and competition stirred up.

The guideline forbids two things before the service is chosen: to set candidates against one another, and
to negotiate with one of them (E-5). Text to providers is looked at for sentences that do so. The signs are
data, each with the thing that it shows and how to put the sentence instead. They look for an act (asking
to lower a price, quoting another one's), not for a word: a question on the published price policy is
nothing to hold back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PRICE = r"(?:가격|금액|요금|단가|견적(?:가|서|액|금액)?|이용료|사용료|비용|총액)"
_OTHERS = r"(?:(?:다른|타|경쟁|상대)\s*(?:업체|회사|기업|제공자|후보|공급사)|타사|경쟁사)"
_GIVEN = r"(?:제시한|제시하신|제출한|제출하신|낸|써낸|부른|받은|보낸)"
# Within one sentence.
_NEAR = r"[^.?!\n]{0,15}?"
_ASKED = r"(?:해\s*주|하여\s*주|해\s*달|부탁|요청|요구|바랍|바라|할\s*수|될\s*수|되나|가능|여지|폭)"


@dataclass(frozen=True)
class Sign:
    """A sign: what it shows, the pattern over folded text, how to put it instead."""

    what: str
    pattern: re.Pattern[str]
    instead: str


@dataclass(frozen=True)
class Suspicion:
    """A sign found in a text: the words found, what they show, how to put it instead."""

    found: str
    what: str
    instead: str

    @property
    def message(self) -> str:
        """The sentence shown to who wrote it."""
        return f"‘{self.found}’은(는) {self.what}으로 읽힙니다. {self.instead}"


_PUBLISHED = "가격이 궁금하면 공개된 요금 정책(약정·할인 기준)을 모든 제공자에게 똑같이 물어보세요."
_ALONE = "그 서비스 자체에 대해서만 물어보세요."
_AFTER = "대상을 정하기 전에는 협상할 수 없으므로 그 말을 빼세요. 기술협상은 대상을 정한 뒤 ⑥에서 합니다."

SIGNS: tuple[Sign, ...] = (
    Sign(
        "다른 제공자의 가격을 알리거나 견주는 말",
        re.compile(
            rf"{_OTHERS}(?:의|가|이|는|은|에서|에서는)?\s*(?:{_GIVEN}\s*)?{_PRICE}"
            rf"|{_OTHERS}\s*(?:보다|대비|만큼|수준){_NEAR}(?:싸|싼|쌉|저렴|비싸|비싼|{_PRICE})"
        ),
        _ALONE,
    ),
    Sign(
        "값을 낮추라는 요구",
        re.compile(
            rf"{_PRICE}{_NEAR}(?:인하|할인|감액|절감|조정)(?!\s*(?:정책|조건|기준|제도|율|표|된|되는|하는))"
            rf"\s*(?:을|를|이|가|도)?\s*{_ASKED}"
            rf"|{_PRICE}{_NEAR}(?:깎아|낮춰|낮추어|내려|줄여|빼)\s*(?:주[시실세십]|줄\s*(?:수|래)|달라|드릴)"
            r"|추가\s*할인(?!\s*(?:정책|조건|기준|제도|율))"
            r"|할인(?:을|도)?\s*(?:요구|요청|부탁|해\s*(?:주|달))"
            r"|(?:더|좀|조금|훨씬)\s*(?:싸게|저렴하게|깎아)"
        ),
        _PUBLISHED,
    ),
    Sign(
        "흥정",
        re.compile(
            rf"(?:(?<![가-힣])|(?<=가격)|(?<=단가)|(?<=금액))네고(?!시에이|티에이|시애)|흥정"
            rf"|{_PRICE}\s*(?:을|를|에\s*대해|에\s*대한|은)?\s*(?:재?협상|협의|절충)\s*(?:을|를)?\s*"
            r"(?:하|할|합|해|부탁|요청|원|가능)"
        ),
        _AFTER,
    ),
    Sign(
        "경쟁을 붙이는 말",
        re.compile(
            r"가격\s*경쟁(?!력)"
            r"|(?:최저가|가장\s*(?:싼|저렴한|낮은))[^.?!\n]{0,20}?(?:계약|선정|선택|뽑|고르|정하)"
            rf"|(?:낮은|낮춘|낮춰|싼|저렴한|줄인)[^.?!\n]{{0,10}}?{_PRICE}[^.?!\n]{{0,8}}?(?:다시|재)\s*(?:제출|내|보내|주)"
            rf"|더\s*낮은\s*{_PRICE}[^.?!\n]{{0,6}}?(?:제출|제시|내\s*주|보내|주시)"
        ),
        "모든 서비스는 미리 정한 평가기준으로만 평가합니다. 그 말을 빼고 필요한 사실만 물어보세요.",
    ),
    Sign(
        "계약을 걸고 조건을 바라는 말",
        re.compile(
            r"(?:계약|선정)\s*(?:을|를)?\s*(?:해\s*드릴|해\s*줄|할)\s*(?:테니|것이니|터이니)"
            rf"|(?:계약|선정)[^.?!\n]{{0,6}}?(?:조건으로|대가로|대신)[^.?!\n]{{0,15}}?(?:{_PRICE}|할인|무상|무료)"
        ),
        _AFTER,
    ),
)


def suspicions(text: str) -> tuple[Suspicion, ...]:
    """Signs in a text that goes to providers, at most one of each sort, in the order of ``SIGNS``."""
    folded = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFKC", text))
    found = ((sign, sign.pattern.search(folded)) for sign in SIGNS)
    return tuple(
        Suspicion(match.group().strip(), sign.what, sign.instead)
        for sign, match in found
        if match is not None
    )
