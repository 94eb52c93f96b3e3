"""What the ledger tells of rows that change and therefore are not sealed, and whether they still agree.

Names and officers of cases, their members, when they were closed, the lots of searches and decisions; people
with their roles, settings of institutions, names kept for neutrality. Each is as the last event left it. What
an event told whose body was erased under law is not known any more, and is not compared.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from procurement.models import (
    Account,
    AccountRole,
    Case,
    CaseClosing,
    CaseMember,
    Decision,
    Institution,
    InstitutionName,
    Lot,
    SearchRun,
    Snapshot,
)
from procurement.services.institutions import SETTINGS
from procurement.services.verification_scope import BrokenError, ChainRow, Scope

Rows = Sequence[Sequence[str]]
Data = Mapping[str, Any]

# Events after which a case is closed, or is not.
CLOSING = frozenset({"step.completed", "step.confirmed", "step.reopened", "case.ended", "case.taken_up"})


@dataclass
class ToldAccount:
    """An account as the last events left it; ``None``: not told."""

    institution_id: uuid.UUID
    roles: frozenset[str]
    active: bool = True
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass
class ToldCase:
    """A case as the last events of its own chain left it."""

    opened: Data
    members: set[tuple[str, str]] = field(default_factory=set)
    # The row by which it is closed, and how it ended without a contract.
    closed_by: str | None = None
    end_kind: str | None = None


class Told:
    """Hears the events of all chains, one after another."""

    def __init__(self) -> None:
        # By the id of the case: its number, and the institution that opened it.
        self.opened: dict[str, tuple[str, uuid.UUID]] = {}
        self.cases: dict[uuid.UUID, ToldCase] = {}
        self.lots: dict[str, int] = {}
        self.accounts: dict[str, ToldAccount] = {}
        self.settings: dict[uuid.UUID, dict[str, Any]] = defaultdict(dict)
        self.names: dict[uuid.UUID, set[tuple[str, str, str]]] = defaultdict(set)
        # Sorts of events by chain of which a body is gone, so that what they told is not known.
        self.unknown: dict[uuid.UUID, set[str]] = defaultdict(set)
        self._hear: dict[str, Callable[[ChainRow, Data, Rows], None]] = {
            "case.opened": self._opened,
            "member.added": lambda c, d, _: self._case(c).members.add((d["account"], d["role"])),
            "member.removed": lambda c, d, _: self._case(c).members.discard((d["account"], d["role"])),
            "step.completed": self._completed,
            "step.confirmed": self._completed,
            "step.reopened": self._reopened,
            "case.ended": self._ended,
            "case.taken_up": self._reopened,
            "search.run": self._of_lot,
            "decision.made": self._of_lot,
            "institution.created": lambda c, d, _: self.settings[c.institution_id].update(d),
            "institution.changed": self._settings,
            "account.created": self._account,
            "account.roles_changed": self._roles,
            "account.activated": lambda _c, d, _: self._switched(d, active=True),
            "account.deactivated": lambda _c, d, _: self._switched(d, active=False),
            "account.erased": self._account_erased,
            "catalogue.named": lambda c, d, _: self.names[c.institution_id].add(
                (d["name"], d["aliases"], d["kind"])
            ),
        }

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of events that tell something here."""
        return frozenset(self._hear)

    def hear(self, kind: str, chain: ChainRow, body: Mapping[str, Any] | None) -> None:
        """Take the next event; a body of another shape raises ``KeyError``, ``TypeError``, ``ValueError``.

        ``body``: data and sealed rows, ``None`` when it is gone.
        """
        if body is None:
            self.unknown[chain.key].add(kind)
        else:
            self._hear[kind](chain, body["data"], body["rows"])

    def _case(self, chain: ChainRow) -> ToldCase:
        return self.cases[chain.key]

    def _opened(self, chain: ChainRow, data: Data, _rows: Rows) -> None:
        if chain.case_id is None:
            if data["case"] in self.opened:
                raise BrokenError(f"이용계약 건 {data['number']}", "만든 기록이 기관 원장에 두 번 있습니다.")
            self.opened[data["case"]] = (data["number"], chain.institution_id)
        elif chain.key in self.cases:
            raise BrokenError(f"이용계약 건 {data['number']}", "만든 기록이 이 건의 원장에 두 번 있습니다.")
        else:
            self.cases[chain.key] = ToldCase(data)

    def _completed(self, chain: ChainRow, data: Data, rows: Rows) -> None:
        if data["step"] == "ending":
            self._case(chain).closed_by = next((key for table, key, _ in rows if table == "snapshot"), None)

    def _reopened(self, chain: ChainRow, _data: Data, _rows: Rows) -> None:
        self._case(chain).closed_by = self._case(chain).end_kind = None

    def _ended(self, chain: ChainRow, data: Data, rows: Rows) -> None:
        self._case(chain).closed_by = next((key for table, key, _ in rows if table == "case_closing"), None)
        self._case(chain).end_kind = data["kind"]

    def _of_lot(self, _chain: ChainRow, data: Data, rows: Rows) -> None:
        self.lots.update((key, data["lot"]) for table, key, _ in rows if table in ("search_run", "decision"))

    def _settings(self, chain: ChainRow, data: Data, _rows: Rows) -> None:
        self.settings[chain.institution_id].update({key: new for key, (_, new) in data["changes"].items()})

    def _account(self, chain: ChainRow, data: Data, _rows: Rows) -> None:
        words = {key: data[key] for key in ("login", "name", "department") if key in data}
        self.accounts[data["account"]] = ToldAccount(
            chain.institution_id, frozenset(data["roles"]), words=words
        )

    def _account_erased(self, chain: ChainRow, data: Data, _rows: Rows) -> None:
        """Name, login and department went under law; roles and the rest stay told."""
        self.accounts[data["account"]] = ToldAccount(
            chain.institution_id, frozenset(data["roles"]), active=False, words={"department": ""}
        )

    def _roles(self, _chain: ChainRow, data: Data, _rows: Rows) -> None:
        if (known := self.accounts.get(data["account"])) is not None:
            known.roles = frozenset(data["after"])

    def _switched(self, data: Data, *, active: bool) -> None:
        if (known := self.accounts.get(data["account"])) is not None:
            known.active = active


def cases(scope: Scope, told: Told) -> int:
    """Each case is called as when it was opened, and has its officers, members, end and lots."""
    chains = {chain.case_id: chain for chain in scope.chains.values()}
    members, ends = _members(scope), _ends(scope)
    officers = (Case.project_officer_id, Case.contract_officer_id)
    query = select(Case.id, Case.number, Case.title, *officers, Case.closed_at, Case.end_kind)
    count = 0
    for row in scope.rows(query.where(*scope.within(Case.institution_id, Case.id))):
        name, chain = f"이용계약 건 {row.number}", chains[row.id]
        known = told.cases.get(chain.key)
        if known is None:
            raise BrokenError(name, "이 건의 원장에 만든 기록이 없습니다.")
        now = (row.number, row.title, str(row.project_officer_id), str(row.contract_officer_id))
        then = tuple(known.opened[key] for key in ("number", "title", "project_officer", "contract_officer"))
        if now != then:
            raise BrokenError(name, "번호, 사업명이나 담당자가 원장에 적힌 것과 다릅니다.")
        gone = told.unknown[chain.key]
        if not gone & {"member.added", "member.removed"} and members[row.id] != known.members:
            raise BrokenError(name, "평가위원, 승인권자나 참여자가 원장에 적힌 것과 다릅니다.")
        closed = (ends.get(known.closed_by), known.end_kind)
        if not any(kind in CLOSING for kind in gone) and (row.closed_at, row.end_kind) != closed:
            raise BrokenError(name, "끝난 때가 원장에 적힌 것과 다릅니다.")
        count += 1
    _lots(scope, told)
    return count


def _members(scope: Scope) -> dict[uuid.UUID, set[tuple[str, str]]]:
    query = select(CaseMember.case_id, CaseMember.account_id, CaseMember.role)
    found: dict[uuid.UUID, set[tuple[str, str]]] = defaultdict(set)
    for row in scope.rows(query.where(*scope.within(CaseMember.institution_id, CaseMember.case_id))):
        found[row.case_id].add((str(row.account_id), row.role))
    return found


def _ends(scope: Scope) -> dict[str | None, datetime]:
    found: dict[str | None, datetime] = {}
    for model in (Snapshot, CaseClosing):
        query = select(model.id, model.recorded_at)
        query = query.where(*scope.within(model.institution_id, model.case_id))
        if model is Snapshot:
            query = query.where(Snapshot.step == "ending")
        found |= {str(row.id): row.recorded_at for row in scope.rows(query)}
    return found


def _lots(scope: Scope, told: Told) -> None:
    """The lot of a search or decision bears the number that its event says."""
    for model, name in ((SearchRun, "검색"), (Decision, "선정 결정")):
        query = select(model.id, Lot.number).outerjoin(Lot, Lot.id == model.lot_id)
        for row in scope.rows(query.where(*scope.within(model.institution_id, model.case_id))):
            if row.number is None or told.lots.get(str(row.id), row.number) != row.number:
                raise BrokenError(f"{name} {row.id}", "수요 항목의 번호가 원장에 적힌 것과 다릅니다.")


def people(scope: Scope, told: Told) -> int:
    """Each account has the name and roles that the ledger tells of; none came in or went by itself."""
    held: dict[uuid.UUID, set[str]] = defaultdict(set)
    bounds = scope.within(AccountRole.institution_id, None)
    for row in scope.rows(select(AccountRole.account_id, AccountRole.role).where(*bounds)):
        held[row.account_id].add(row.role)
    left = dict(told.accounts)
    columns = (Account.id, Account.institution_id, Account.login, Account.name, Account.department)
    query = select(*columns, Account.active).where(*scope.within(Account.institution_id, None))
    count = 0
    for row in scope.rows(query):
        known, name, count = left.pop(str(row.id), None), f"계정 {row.login}", count + 1
        gone = _gone(scope, told, row.institution_id)
        if known is None:
            # Whoever founded the institution by hand told the ledger of nobody.
            if "kind" in told.settings[row.institution_id] and "account.created" not in gone:
                raise BrokenError(name, "원장에 만든 기록이 없는 계정입니다.")
            continue
        if row.institution_id != known.institution_id or any(
            getattr(row, key) != value for key, value in known.words.items()
        ):
            raise BrokenError(name, "이름이나 소속이 원장에 적힌 것과 다릅니다.")
        if "account.roles_changed" not in gone and held[row.id] != known.roles:
            raise BrokenError(name, "역할이 원장에 적힌 것과 다릅니다.")
        if not gone & {"account.activated", "account.deactivated"} and row.active != known.active:
            raise BrokenError(name, "사용 여부가 원장에 적힌 것과 다릅니다.")
    for key in left:
        raise BrokenError(f"계정 {key}", "원장에는 만든 기록이 있는데 계정이 없어졌습니다.")
    return count


def institutions(scope: Scope, told: Told) -> int:
    """Each institution has the settings and the names for neutrality that the ledger tells of."""
    query = select(Institution.id, *(getattr(Institution, key) for key in SETTINGS))
    if scope.institution_id is not None:
        query = query.where(Institution.id == scope.institution_id)
    rows = list(scope.rows(query))
    for row in rows:
        known, gone = told.settings[row.id], _gone(scope, told, row.id)
        wrong = [key for key in SETTINGS if key in known and getattr(row, key) != known[key]]
        if wrong and "institution.changed" not in gone:
            raise BrokenError(f"기관 {row.name}", f"설정이 원장에 적힌 것과 다릅니다({wrong[0]}).")
    names = select(
        InstitutionName.institution_id, InstitutionName.name, InstitutionName.aliases, InstitutionName.kind
    )
    left = {key: set(kept) for key, kept in told.names.items()}
    for row in scope.rows(names.where(*scope.within(InstitutionName.institution_id, None))):
        entry = (row.name, row.aliases, row.kind)
        if entry in left.get(row.institution_id, ()):
            left[row.institution_id].remove(entry)
        elif "kind" in told.settings[row.institution_id] and "catalogue.named" not in _gone(
            scope, told, row.institution_id
        ):
            raise BrokenError(f"기관이 더한 이름 ‘{row.name}’", "원장에 적힌 것과 다릅니다.")
    for key, kept in left.items():
        for name, _, _ in kept:
            raise BrokenError(f"기관이 더한 이름 ‘{name}’", f"원장에는 있는데 없어졌습니다(기관 {key}).")
    return len(rows)


def _gone(scope: Scope, told: Told, institution_id: uuid.UUID) -> set[str]:
    """The sorts of events of which a body in the institution's own chain was erased."""
    chain = scope.own_chain(institution_id)
    return told.unknown[chain.key] if chain is not None else set()
