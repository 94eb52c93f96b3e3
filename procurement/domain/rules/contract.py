"""All rules of ⑥, in order of their numbers; two files say what they ask."""

from __future__ import annotations

from procurement.domain.rules import contract_checks, contract_terms
from procurement.domain.rules.base import Rule
from procurement.domain.rules.reading import in_order

RULES: tuple[Rule, ...] = in_order(contract_terms.RULES, contract_checks.RULES)
