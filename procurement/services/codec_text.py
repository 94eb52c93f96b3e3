"""Stored canonical text back to plain data."""

from __future__ import annotations

import json
from typing import Any


def load_text(text: str) -> Any:
    """Plain data of a stored canonical text."""
    return json.loads(text)
