"""What an officer is told about a name that was found: what it is, and how to put it neutrally."""

from typing import Literal

from procurement.domain.hangul import with_particle

Verdict = Literal["block", "review", "note", "neutral"]

_HOW = {
    "letters": ", 글자 이름으로 적은 표기",
    "lookalike": ", 닮은 글자로 적은 표기",
    "slip": ", 한 글자 바뀐 표기",
}


def message(verdict: Verdict, found: str, name: str, how: str) -> str:
    """One or two Korean sentences on the text ``found``, which names ``name`` in the way ``how``."""
    shown = "".join(char for char in " ".join(found.split()) if char.isprintable())
    subject = f"‘{shown}’" + with_particle(shown, "은", "는").removeprefix(shown)
    called = f"‘{name}’{_HOW.get(how, '')}"
    if verdict == "note":
        return (
            f"{subject} 특정 기술({called})입니다. 정의서에는 꼭 필요한 까닭과 함께 적을 수 있지만 "
            "검색어로는 쓸 수 없습니다. 필요한 기능이나 호환 조건을 일반 용어로 검색하세요."
        )
    if verdict == "review":
        return (
            f"{subject} 기업·서비스 이름({called})일 수 있습니다. 이름이 아니라면 그 까닭을 적고, "
            "이름이라면 빼고 필요한 기능을 일반 용어로 적으세요."
        )
    return (
        f"{subject} 특정 기업·서비스 이름({called})이어서 쓸 수 없습니다. "
        "이름을 빼고 요구사항 정의서에 적은 기능·품질의 용어로 바꾸어 적으세요."
    )
