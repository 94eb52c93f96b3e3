"""Commands of ``flask --app wsgi``; thin."""

from __future__ import annotations

from flask import Flask

from procurement.cli.bundle import bundle_command
from procurement.cli.catalogue import catalogue_group
from procurement.cli.due import due_command
from procurement.cli.neutrality import neutrality_command


def register(app: Flask) -> None:
    """Add every command to the application."""
    for command in (bundle_command, catalogue_group, due_command, neutrality_command):
        app.cli.add_command(command)
