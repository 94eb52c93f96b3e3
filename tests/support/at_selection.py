"""A case that has come as far as step ⑤."""

from __future__ import annotations

from procurement.domain.access import Actor
from procurement.domain.facts.sourcing import Route
from procurement.domain.steps import Step
from procurement.models import Account, Case
from procurement.services import case_facts, search, workflow
from tests.support.factories import a_case, project_officer_of, work
from tests.support.official_pages import SAMPLE_SERVICES, result_page
from tests.support.walk import complete_budget, complete_definition, complete_sourcing, official_run


def a_selecting_case(
    lots: int = 1,
    route: Route = Route.OWN,
    page: bytes | None = None,
    officer: Account | None = None,
) -> tuple[Actor, Case]:
    """A case whose ⑤ is open, with three services found for each lot (two, all in the mall, if central).

    ``page``: a saved result page with other services. ``officer``: its project officer.
    """
    case = a_case(officer)
    actor = project_officer_of(case)
    with work():
        complete_budget(actor, case)
        complete_definition(actor, case, lots)
        for lot in case_facts.load(case).head.lots:
            central = result_page(SAMPLE_SERVICES[:2]) if route is Route.CENTRAL else None
            run = official_run(actor, case, page or central, lot=lot)
            search.declare_final(actor, case, run.number, confirmed=True)
        workflow.complete(actor, case, Step.SEARCH)
        complete_sourcing(actor, case, route)
    return actor, case
