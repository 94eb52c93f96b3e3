"""What a rule is: data with an identity, a citation, and a pure check over facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from procurement.domain.facts import CaseFacts
from procurement.domain.hangul import settled
from procurement.domain.labels import Labelled
from procurement.domain.steps import Step


class Severity(Labelled):
    """What an unmet rule does."""

    BLOCK = "block", "막힘"
    JUSTIFY = "justify", "사유 필요"
    REMIND = "remind", "안내"
    NONE = "none", "없음"


class Kind(Labelled):
    """Gate: found at completion. Guard: an act that services refuse. The rest speak for themselves."""

    GATE = "gate", "완료 조건"
    GUARD = "guard", "금지 행위"
    REMINDER = "reminder", "안내"
    EXEMPTION = "exemption", "면제"


class Outcome(Labelled):
    """Outcome of a rule as the bundle prints it."""

    MET = "met", "충족"
    JUSTIFIED = "justified", "사유 기재"
    UNMET = "unmet", "미충족"
    NOT_APPLICABLE = "not_applicable", "해당 없음"
    NOT_YET = "not_yet", "아직 아님"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a Korean sentence that says what and how to mend it.

    ``subject`` tells several problems of one rule apart (a lot, a run, a service) and stays the same
    as long as the problem is the same, since a justification is tied to it. ``field`` is the form
    field it belongs beside. ``missing`` says that nothing was done wrongly: it is still to be done.
    """

    message: str
    subject: str = ""
    field: str = ""
    severity: Severity | None = None
    missing: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a check answers: ``outcome`` with the ground, or problems."""

    outcome: Outcome
    ground: str = ""
    problems: tuple[Problem, ...] = ()


def met(ground: str = "") -> Verdict:
    """The rule holds."""
    return Verdict(Outcome.MET, ground)


def not_applicable(ground: str) -> Verdict:
    """The rule does not apply; ``ground`` is shown."""
    return Verdict(Outcome.NOT_APPLICABLE, ground)


def not_yet(ground: str = "") -> Verdict:
    """What the rule looks at has not come about yet."""
    return Verdict(Outcome.NOT_YET, ground)


def unmet(*problems: Problem | str) -> Verdict:
    """The rule does not hold; at least one problem."""
    return Verdict(Outcome.UNMET, "", tuple(p if isinstance(p, Problem) else Problem(p) for p in problems))


def lacking(message: str, subject: str = "", field: str = "", severity: Severity | None = None) -> Problem:
    """A problem that nobody caused: what the step still waits for. Shown as work to do, not as an error."""
    return Problem(message, subject, field, severity, missing=True)


def from_problems(problems: Iterable[Problem], ground: str = "") -> Verdict:
    """Unmet when there are problems, met otherwise."""
    found = tuple(problems)
    return Verdict(Outcome.UNMET, "", found) if found else met(ground)


Check = Callable[[CaseFacts], Verdict]


@dataclass(frozen=True)
class Rule:
    """One rule: ``step`` is ``None`` for rules of the case itself.

    ``title`` says in Korean what the rule asks; ``citation`` names guideline and law, as cited by
    the guideline and as they stand today where that differs.
    """

    id: str
    step: Step | None
    kind: Kind
    severity: Severity
    title: str
    citation: str
    check: Check


@dataclass(frozen=True)
class Finding:
    """Outcome of a rule for a case: one per problem, or one for the whole rule."""

    rule_id: str
    title: str
    citation: str
    severity: Severity
    kind: Kind
    outcome: Outcome
    message: str = ""
    subject: str = ""
    field: str = ""
    reason: str = ""
    missing: bool = False

    @property
    def to_do(self) -> bool:
        """Whether it only says what the step still waits for."""
        return self.missing and self.blocks

    @property
    def blocks(self) -> bool:
        """Whether the step cannot be completed because of it."""
        return self.outcome is Outcome.UNMET and self.severity in (Severity.BLOCK, Severity.JUSTIFY)

    @property
    def wants_reason(self) -> bool:
        """Whether a written reason would let the step go on."""
        return self.severity is Severity.JUSTIFY and self.outcome in (Outcome.UNMET, Outcome.JUSTIFIED)


def evaluate(rule: Rule, facts: CaseFacts) -> tuple[Finding, ...]:
    """Findings of one rule, with the reasons already written taken into account."""
    verdict = rule.check(facts)
    if not verdict.problems:
        return (
            Finding(
                rule.id, rule.title, rule.citation, rule.severity, rule.kind, verdict.outcome, verdict.ground
            ),
        )
    return tuple(_finding(rule, problem, facts) for problem in verdict.problems)


def _finding(rule: Rule, problem: Problem, facts: CaseFacts) -> Finding:
    severity = problem.severity or rule.severity
    reason = facts.reasons.get((rule.id, problem.subject), "") if severity is Severity.JUSTIFY else ""
    return Finding(
        rule.id,
        rule.title,
        rule.citation,
        severity,
        rule.kind,
        Outcome.JUSTIFIED if reason else Outcome.UNMET,
        settled(problem.message),
        problem.subject,
        problem.field,
        reason,
        problem.missing,
    )
