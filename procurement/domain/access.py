"""Who may do what: permission is role × relation to the case, in one readable table.

A route that is not in ``ROUTES`` is denied to everyone, and so is an act that no grant names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from procurement.domain.labels import Labelled


class Role(Labelled):
    """Role of an account in its institution."""

    PROJECT_OFFICER = "project_officer", "사업담당자"
    CONTRACT_OFFICER = "contract_officer", "계약담당자"
    EVALUATOR = "evaluator", "평가위원"
    APPROVER = "approver", "결재권자"
    AUDITOR = "auditor", "감사"
    ADMIN = "admin", "관리자"
    PRIVACY_OFFICER = "privacy_officer", "개인정보 보호책임자"


class Relation(Labelled):
    """Relation of an account to the case at hand; ``NONE`` is for acts without a case."""

    NONE = "none", "관계 없음"
    OFFICER = "officer", "이 건의 사업담당자 또는 계약담당자"
    CONTRACT_OFFICER = "contract_officer", "이 건의 계약담당자"
    COLLABORATOR = "collaborator", "이 건의 협업자"
    EVALUATOR = "evaluator", "이 건의 평가위원"
    APPROVER = "approver", "이 건의 결재권자"


@dataclass(frozen=True)
class Actor:
    """Who is signed in: ids as text, name, roles, institution. Never what a client sent."""

    account_id: str
    institution_id: str
    name: str
    institution_name: str
    roles: frozenset[Role]
    login: str = ""

    @property
    def role_labels(self) -> list[str]:
        """Korean names of the roles, in the order of the table."""
        return [role.label for role in Role if role in self.roles]


Grant = tuple[Role, Relation]

_PO, _CO, _EV, _AP, _AU, _AD, _PR = Role
_OFFICERS: Final = frozenset(
    {
        (_PO, Relation.OFFICER),
        (_CO, Relation.OFFICER),
        (_PO, Relation.COLLABORATOR),
        (_CO, Relation.COLLABORATOR),
    }
)
_NAMED_OFFICERS: Final = frozenset({(_PO, Relation.OFFICER), (_CO, Relation.OFFICER)})
_CONTRACT_OFFICER: Final = frozenset({(_CO, Relation.CONTRACT_OFFICER)})
_APPROVER: Final = frozenset({(_AP, Relation.APPROVER)})
_EVALUATOR: Final = frozenset({(_EV, Relation.EVALUATOR)})
_AUDITOR: Final = frozenset({(_AU, Relation.NONE)})
_ADMIN: Final = frozenset({(_AD, Relation.NONE)})
_ANYONE_SIGNED_IN: Final = frozenset((role, Relation.NONE) for role in Role)

# Acts and who may do them. An auditor reads everything and changes nothing.
ACTS: Mapping[str, frozenset[Grant]] = {
    "work.read": _ANYONE_SIGNED_IN,
    "case.create": frozenset({(_PO, Relation.NONE), (_CO, Relation.NONE)}),
    "case.read": _OFFICERS | _APPROVER | _AUDITOR,
    "case.write": _OFFICERS,
    "case.manage": _NAMED_OFFICERS,
    "case.end": _NAMED_OFFICERS,
    "bundle.make": _OFFICERS,
    "evidence.read": _OFFICERS | _APPROVER | _AUDITOR,
    "evaluation.read": _EVALUATOR,
    "sheet.write": _EVALUATOR,
    "approval.submit": _NAMED_OFFICERS,
    "approval.decide": _APPROVER,
    "contract.conclude": _CONTRACT_OFFICER,
    "audit.read": _AUDITOR,
    "catalogue.read": frozenset(
        {(_PO, Relation.NONE), (_CO, Relation.NONE), (_AU, Relation.NONE), (_AD, Relation.NONE)}
    ),
    "catalogue.load": frozenset({(_PO, Relation.NONE), (_CO, Relation.NONE), (_AD, Relation.NONE)}),
    "institution.manage": _ADMIN,
    # Personal data in the record go by one role alone, which does nothing else.
    "erasure.carry_out": frozenset({(_PR, Relation.NONE)}),
}

# Acts that change a case, which nobody does once it has ended without a contract. It is still read, printed
# and, by "case.end", taken up again.
CHANGING_ACTS: frozenset[str] = frozenset(
    {
        "case.write",
        "case.manage",
        "sheet.write",
        "approval.submit",
        "approval.decide",
        "contract.conclude",
    }
)

# Routes that anyone may reach without signing in.
PUBLIC_ROUTES: frozenset[str] = frozenset({"static", "accounts.sign_in", "accounts.use_link", "help.health"})


def may(actor: Actor, act: str, relations: frozenset[Relation]) -> bool:
    """Whether ``actor`` may do ``act``, standing in ``relations`` to the case at hand."""
    held = relations | {Relation.NONE}
    return any(role in actor.roles and relation in held for role, relation in ACTS.get(act, frozenset()))
