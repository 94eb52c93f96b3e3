"""Which act each route is: the table that says who may reach what, and which routes append nothing."""

from __future__ import annotations

from collections.abc import Mapping

# Route → act of ``domain/access``. A route that is missing here is denied to everyone.
ROUTES: Mapping[str, str] = {
    "accounts.profile": "work.read",
    "accounts.change_password": "work.read",
    "accounts.sign_out": "work.read",
    "help.index": "work.read",
    "cases.index": "work.read",
    "cases.new": "case.create",
    "cases.create": "case.create",
    "cases.show": "case.read",
    "cases.timeline": "case.read",
    "cases.verify": "case.read",
    "cases.members": "case.read",
    "cases.add_member": "case.manage",
    "cases.remove_member": "case.manage",
    "cases.calendar": "work.read",
    "steps.show": "case.read",
    "steps.save": "case.write",
    "steps.check": "case.write",
    "steps.draft": "case.write",
    "steps.drop_draft": "case.write",
    "steps.justify": "case.write",
    "steps.confirm_page": "case.write",
    "steps.complete": "case.write",
    "steps.reopen_page": "case.write",
    "steps.reopen": "case.write",
    "evidence.index": "evidence.read",
    "evidence.upload": "case.write",
    "evidence.download": "evidence.read",
    "bundle.index": "evidence.read",
    "bundle.make": "case.write",
    "bundle.progress": "evidence.read",
    "audit.index": "audit.read",
    "audit.show": "audit.read",
    "audit.institution": "audit.read",
    "audit.verify": "audit.read",
    "admin.institution": "institution.manage",
    "admin.change_institution": "institution.manage",
    "admin.accounts": "institution.manage",
    "admin.new_account": "institution.manage",
    "admin.create_account": "institution.manage",
    "admin.account": "institution.manage",
    "admin.change_roles": "institution.manage",
    "admin.make_link": "institution.manage",
    "admin.deactivate_page": "institution.manage",
    "admin.deactivate": "institution.manage",
    "admin.activate": "institution.manage",
}

# Unsafe routes that append nothing to the ledger, each with the reason.
APPENDS_NOTHING: Mapping[str, str] = {
    "accounts.sign_in": "signing in changes the session alone; failures count on the account",
    "accounts.sign_out": "ends the session alone",
    "steps.check": "looks at what is typed and answers; nothing is kept",
    "steps.draft": "keeps what is typed for the one who types",
    "bundle.make": "asks the worker, which records the file that it makes",
    "steps.drop_draft": "throws away one's own draft",
}

# Safe routes that append to the ledger: reading that has to be known later.
LOGGED_READS: frozenset[str] = frozenset({"evidence.download"})
