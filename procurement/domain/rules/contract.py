"""All rules of ⑥, in order of their numbers; two files say what they ask."""

from __future__ import annotations

from procurement.domain.rules import contract_checks, contract_terms
from procurement.domain.rules.base import Rule


def _number(rule: Rule) -> int:
    return int(rule.id.partition("-")[2])


RULES: tuple[Rule, ...] = tuple(sorted((*contract_terms.RULES, *contract_checks.RULES), key=_number))
