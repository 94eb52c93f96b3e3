"""Digital-service contracts of Korean public institutions, step by step, with evidence for the audit.

Importing the package costs nothing and brings no framework along, so that the stand-alone verifier
runs where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from procurement.config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application; ``settings`` from the environment when left out.

    Raises ``ConfigError`` when a setting is unusable or unsafe for production.
    """
    from procurement import application

    return application.create_app(settings)
