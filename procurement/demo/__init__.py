"""The sample institution: invented people, a contract finished through ⑨ and one part-way.

Made for trying the program out. Everything in it goes through the services, so that its record is as whole
as that of a real case.
"""

from __future__ import annotations

from flask import Flask

from procurement.demo.command import demo_command


def register(app: Flask) -> None:
    """Add ``flask demo`` to the application."""
    app.cli.add_command(demo_command)
