"""Works on a case until it is killed, again and again: ``python -m tests.support.crasher CASE TIMES SEED``.

The parent process touches no database and makes no thread; each child forked from it uploads files, completes
a step and opens it again, and prints the head of the case's chain after every commit that it was told of. It
is killed at a random moment: mostly once it has found its pace, every third time before.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from io import BytesIO

from sqlalchemy import select

from procurement import create_app
from procurement.config import Settings
from procurement.domain.steps import Step
from procurement.extensions import db
from procurement.models import Case, Chain
from procurement.services import documents, evidence, institutions, states, unit, workflow
from tests.support.factories import project_officer_of
from tests.support.walk import a_budget_sheet


def work_on(number: str, begun: int) -> None:
    """Upload, complete and open again for ever; every head that was committed is printed.

    ``begun``: a pipe that is told when the first upload is done.
    """
    institution = str(institutions.find().id)
    unit.bind(institution)
    case_id = db.session.scalars(select(Case.id).where(Case.number == number)).one()
    dice = random.Random()
    while True:
        upload(institution, case_id, dice.randbytes(dice.choice((20, 2_000, 200_000))))
        acknowledge(case_id)
        os.write(begun, b".")
        turn(institution, case_id)
        acknowledge(case_id)


def upload(institution: str, case_id: object, data: bytes) -> None:
    """One upload, as a request does it: the bytes first, then the row and its event."""
    received = evidence.receive(BytesIO(data), "표본.bin")
    with unit.work(institution):
        case = db.session.get_one(Case, case_id)
        evidence.attach(project_officer_of(case), case, received, purpose="other", step=Step.BUDGET)


def turn(institution: str, case_id: object) -> None:
    """Complete ① when it is open, open it again when it is completed."""
    with unit.work(institution):
        case = db.session.get_one(Case, case_id)
        actor = project_officer_of(case)
        if documents.newest(case, Step.BUDGET) is None:
            documents.save(actor, case, Step.BUDGET, a_budget_sheet(), 0)
        if states.histories(case)[Step.BUDGET].active is None:
            workflow.complete(actor, case, Step.BUDGET)
        else:
            workflow.reopen(actor, case, Step.BUDGET, "다시 봅니다.")


def acknowledge(case_id: object) -> None:
    """Print the head as it is committed; one short write reaches the reader whole or not at all."""
    db.session.rollback()
    chain = db.session.scalars(select(Chain).where(Chain.case_id == case_id)).one()
    os.write(1, f"{chain.id} {chain.size} {chain.head}\n".encode())


def main(number: str, times: int, seed: int) -> int:
    """Fork and kill so many times; gives the exit code."""
    app, dice = create_app(Settings.from_environment()), random.Random(seed)
    for _ in range(times):
        told, begun = os.pipe()
        child = os.fork()
        if child == 0:
            with app.app_context():
                work_on(number, begun)
        os.close(begun)
        if dice.random() < 0.3:
            time.sleep(dice.uniform(0, 0.5))
        else:
            os.read(told, 1)
            time.sleep(dice.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(told)
        if not os.WIFSIGNALED(status):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
