"""Commands of ``flask --app wsgi``; thin."""

from __future__ import annotations

from flask import Flask

from procurement.cli.admin import admin_group
from procurement.cli.bag import bag_command
from procurement.cli.bundle import bundle_command
from procurement.cli.catalogue import catalogue_group
from procurement.cli.checklist import checklist_command
from procurement.cli.due import due_command
from procurement.cli.evidence import check_command, evidence_group
from procurement.cli.neutrality import neutrality_command
from procurement.cli.rules import rules_command

COMMANDS = (
    admin_group,
    bag_command,
    bundle_command,
    catalogue_group,
    check_command,
    checklist_command,
    due_command,
    evidence_group,
    neutrality_command,
    rules_command,
)


def register(app: Flask) -> None:
    """Add every command to the application."""
    for command in COMMANDS:
        app.cli.add_command(command)
