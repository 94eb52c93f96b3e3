"""Asking one rule about a case, as the tests of steps ⑤ to ⑨ do."""

from procurement.domain.facts import CaseFacts
from procurement.domain.rules.base import Finding, Outcome, Rule
from tests.domain.rules.builders import findings, is_korean


def unmet(rules: tuple[Rule, ...], rule_id: str, facts: CaseFacts) -> Finding:
    """The one problem of a rule, after making sure that it is told in Korean."""
    (finding,) = findings(rules, rule_id, facts)
    assert finding.outcome is Outcome.UNMET, finding
    assert is_korean(finding.message), finding.message
    return finding


def ground(rules: tuple[Rule, ...], rule_id: str, facts: CaseFacts, outcome: Outcome) -> str:
    """The ground a rule gives for an outcome other than unmet."""
    (finding,) = findings(rules, rule_id, facts)
    assert finding.outcome is outcome, finding
    return finding.message


def subjects(rules: tuple[Rule, ...], rule_id: str, facts: CaseFacts) -> set[str]:
    """Subjects of all problems of a rule, each told in Korean."""
    found = [f for f in findings(rules, rule_id, facts) if f.outcome is Outcome.UNMET]
    assert all(is_korean(f.message) for f in found), found
    assert len({f.subject for f in found}) == len(found), found
    return {f.subject for f in found}
