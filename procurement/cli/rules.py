"""``flask rules``: every rule of the guideline. Needs no database."""

from __future__ import annotations

import json

import click

from procurement.domain.rules.base import Rule
from procurement.domain.rules.registry import RULES
from procurement.domain.steps import SPEC


@click.command("rules")
@click.option("--json", "as_json", is_flag=True, help="JSON으로 출력")
def rules_command(as_json: bool) -> None:
    """지침의 규칙을 차례로 보입니다."""
    if as_json:
        click.echo(json.dumps([_as_keys(rule) for rule in RULES], ensure_ascii=False))
        return
    place = ""
    for rule in RULES:
        title = SPEC[rule.step].title if rule.step else "건 전체"
        if title != place:
            click.echo(("\n" if place else "") + title)
            place = title
        click.echo(f"  {rule.id:<5}[{rule.kind.label} · {rule.severity.label}] {rule.title}")
        click.echo(f"        근거: {rule.citation}")


def _as_keys(rule: Rule) -> dict[str, str]:
    return {
        "id": rule.id,
        "step": rule.step.value if rule.step else "case",
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "title": rule.title,
        "citation": rule.citation,
    }
