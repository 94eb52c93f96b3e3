"""The nine steps of the guideline (III), in order.

A step has a state, never a cursor: ① to ⑥ follow one another, from the conclusion of the contract
⑦ ⑧ ⑨ run side by side, and ⑨ completes last.
"""

from __future__ import annotations

from dataclasses import dataclass

from procurement.domain.labels import Labelled


class Step(Labelled):
    """A step of the guideline; the value is the name its rooms carry on every floor."""

    BUDGET = "budget", "예산 확인"
    DEFINITION = "definition", "요구사항 정의서 작성"
    SEARCH = "search", "서비스 검색·저장"
    SOURCING = "sourcing", "조달방식 선택"
    SELECTION = "selection", "이용계약 대상선정"
    CONTRACT = "contract", "이용계약 체결"
    REGISTRATION = "registration", "이용계약 정보 등록"
    MONITORING = "monitoring", "서비스 이용점검 및 관리"
    ENDING = "ending", "이용계약 종료"


class StepState(Labelled):
    """What a person sees of a step; derived from its records, never stored."""

    WAITING = "waiting", "대기"
    OPEN = "open", "진행 중"
    DONE = "done", "완료"
    STALE = "stale", "다시 확인"
    STOPPED = "stopped", "멈춤"


@dataclass(frozen=True)
class StepSpec:
    """What the program knows of a step.

    ``opens_after``: steps that must be done before this one can be worked on.
    ``completes_after``: steps that must be done before this one can be completed.
    ``rests_on``: steps whose snapshot this step's own snapshot names as input; a change there makes
    this step stale.
    """

    step: Step
    number: int
    sign: str
    article: str
    purpose: str
    opens_after: tuple[Step, ...] = ()
    completes_after: tuple[Step, ...] = ()
    rests_on: tuple[Step, ...] = ()

    @property
    def title(self) -> str:
        """Sign and name, e.g. ``"① 예산 확인"``."""
        return f"{self.sign} {self.step.label}"


STEPS: tuple[StepSpec, ...] = (
    StepSpec(
        Step.BUDGET,
        1,
        "①",
        "지침 Ⅲ.1.①",
        "이용에 편성된 예산 항목과 금액, 요금제와 지급 방식을 확인합니다.",
    ),
    StepSpec(
        Step.DEFINITION,
        2,
        "②",
        "지침 Ⅲ.1.②",
        "무엇이 왜 필요한지 적습니다. 검색과 평가의 기준이 되고 감사 때 증빙이 됩니다.",
        opens_after=(Step.BUDGET,),
        completes_after=(Step.BUDGET,),
        rests_on=(Step.BUDGET,),
    ),
    StepSpec(
        Step.SEARCH,
        3,
        "③",
        "지침 Ⅲ.2.③",
        "정의서의 말로 이용지원시스템을 검색하고, 결과를 그대로 저장해 최종 검색을 정합니다.",
        opens_after=(Step.DEFINITION,),
        completes_after=(Step.DEFINITION,),
        rests_on=(Step.DEFINITION,),
    ),
    StepSpec(
        Step.SOURCING,
        4,
        "④",
        "지침 Ⅲ.2.④",
        "자체조달(수의계약)과 중앙조달(디지털서비스몰 납품요구) 가운데 하나를 고릅니다.",
        opens_after=(Step.SEARCH,),
        completes_after=(Step.SEARCH,),
        rests_on=(Step.SEARCH,),
    ),
    StepSpec(
        Step.SELECTION,
        5,
        "⑤",
        "지침 Ⅲ.2.⑤",
        "최종 검색의 모든 서비스를 미리 정한 기준으로 평가하여 이용계약 대상을 정합니다.",
        opens_after=(Step.SOURCING,),
        completes_after=(Step.SOURCING,),
        rests_on=(Step.SEARCH, Step.SOURCING),
    ),
    StepSpec(
        Step.CONTRACT,
        6,
        "⑥",
        "지침 Ⅲ.2.⑥",
        "계약 조건과 서비스수준 부속서를 정하고, 품의·결재를 받아 계약을 체결합니다.",
        opens_after=(Step.SELECTION,),
        completes_after=(Step.SELECTION,),
        rests_on=(Step.BUDGET, Step.SOURCING, Step.SELECTION),
    ),
    StepSpec(
        Step.REGISTRATION,
        7,
        "⑦",
        "지침 Ⅲ.2.⑦",
        "체결한 이용계약 정보를 이용지원시스템에 등록합니다(체결 후 30일 이내 권고).",
        opens_after=(Step.CONTRACT,),
        completes_after=(Step.CONTRACT,),
        rests_on=(Step.CONTRACT,),
    ),
    StepSpec(
        Step.MONITORING,
        8,
        "⑧",
        "지침 Ⅲ.3.⑧",
        "서비스수준과 장애, 제공자의 이행사항을 점검하고 미흡하면 개선을 요구합니다.",
        opens_after=(Step.CONTRACT,),
        completes_after=(Step.CONTRACT,),
        rests_on=(Step.CONTRACT,),
    ),
    StepSpec(
        Step.ENDING,
        9,
        "⑨",
        "지침 Ⅲ.3.⑨",
        "계약을 끝내기 전에 통지, 자료의 반환·파기, 약속의 이행을 하나씩 확인합니다.",
        opens_after=(Step.CONTRACT,),
        completes_after=(Step.REGISTRATION, Step.MONITORING),
        rests_on=(Step.CONTRACT, Step.REGISTRATION, Step.MONITORING),
    ),
)

SPEC: dict[Step, StepSpec] = {spec.step: spec for spec in STEPS}

if [spec.step for spec in STEPS] != list(Step):
    raise AssertionError("every step is described once, in the order of the guideline")


def can_work(step: Step, done: frozenset[Step]) -> bool:
    """Whether ``step`` may be worked on when the steps in ``done`` hold."""
    return set(SPEC[step].opens_after) <= done


def can_complete(step: Step, done: frozenset[Step]) -> bool:
    """Whether ``step`` may be completed when the steps in ``done`` hold."""
    return set(SPEC[step].completes_after) <= done


def dependents(step: Step) -> tuple[Step, ...]:
    """Every step that rests on ``step``, directly or through another, in order."""
    found: set[Step] = {step}
    for spec in STEPS:
        if found & set(spec.rests_on):
            found.add(spec.step)
    return tuple(spec.step for spec in STEPS if spec.step in found and spec.step is not step)
