"""Loading the sample, piece by piece: a piece that is there is left alone."""

from __future__ import annotations

from sqlalchemy import select

from procurement.demo import collaboration, files, people, platform, platform_later
from procurement.domain.facts.contract import ApprovalDecision
from procurement.extensions import db
from procurement.models import Case
from procurement.services import approval, approval_bundle, case_facts, catalogue, jobs, unit


class SampleError(RuntimeError):
    """The sample could not be loaded; the message says how to mend it."""


def load() -> list[tuple[str, str]]:
    """Load what of the sample is missing; returns number and title of its cases, oldest first.

    Each piece is committed by itself, so that one that was cut short is taken up again. Raises
    ``SampleError`` when the bundle for the approval cannot be printed.
    """
    known = people.institution()
    institution_id = str(known.id) if known is not None else people.found_institution()
    unit.bind(institution_id)
    _load_catalogue(institution_id)
    _load_platform(institution_id)
    if _case(collaboration.TITLE) is None:
        with unit.work(institution_id):
            collaboration.build()
    unit.bind(institution_id)
    query = select(Case.number, Case.title).where(Case.is_sample).order_by(Case.number)
    return [(row.number, row.title) for row in db.session.execute(query)]


def _case(title: str) -> Case | None:
    return db.session.scalars(select(Case).where(Case.title == title, Case.is_sample)).one_or_none()


def _load_catalogue(institution_id: str) -> None:
    if catalogue.loads():
        return
    received = files.data_file("services.csv")
    table = catalogue.read_file(received.stored.digest, received.name)
    mapping = catalogue.proposed_mapping(table)
    services = catalogue.services_of(table, mapping)
    with unit.work(institution_id):
        catalogue.load(people.actor(people.ADMIN), received, table.columns, mapping, services)


def _load_platform(institution_id: str) -> None:
    if _case(platform.TITLE) is None:
        with unit.work(institution_id):
            platform.build()
    case = _platform()
    if case.closed_at is not None:
        return
    facts = case_facts.load(case)
    request = facts.contract.approval
    if request is not None and request.bundle_digest is None:
        _print_bundle(institution_id)
    with unit.work(institution_id):
        case = _platform()
        request = case_facts.load(case).contract.approval
        if request is None or request.bundle_digest is None:
            raise SampleError("표본의 품의에 붙일 묶음이 없습니다. 데이터베이스를 비우고 다시 넣어 주세요.")
        if request.decision is None:
            approver = people.actor(people.APPROVER)
            opinion = "검색 결과와 평가표를 확인하였습니다."
            approval.answer(
                approver,
                case,
                request.number,
                ApprovalDecision.APPROVED,
                bundle_digest=request.bundle_digest,
                opinion=opinion,
            )
        platform_later.build(case)


def _platform() -> Case:
    case = _case(platform.TITLE)
    if case is None:
        raise SampleError("표본 이용계약 건을 찾을 수 없습니다. 데이터베이스를 비우고 다시 넣어 주세요.")
    return case


def _print_bundle(institution_id: str) -> None:
    """Do what the worker would: print the bundle of the request and bind it."""
    job = jobs.newest(_platform(), approval_bundle.BUNDLE_JOB)
    db.session.rollback()
    while jobs.run_pending(1):
        unit.bind(institution_id)
    unit.bind(institution_id)
    done = jobs.newest(_platform(), approval_bundle.BUNDLE_JOB)
    if job is None or done is None or done.state is not jobs.JobState.DONE:
        label = done.label if done else ""
        raise SampleError(f"표본의 증빙자료 묶음을 만들지 못했습니다. make setup을 실행하세요. {label}")
