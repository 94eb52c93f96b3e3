"""Compiled templates are kept, and taken only for what they were compiled from."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from procurement.services.bundle_templates import CompiledTemplates


def written(folder: Path, source: str) -> str:
    """What a program that has just started writes with a template of this text."""
    loader = DictLoader({"page.html": source})
    return (
        Environment(loader=loader, autoescape=True, bytecode_cache=CompiledTemplates(folder))
        .get_template("page.html")
        .render(amount=3)
    )


def test_a_template_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(tmp_path, "{{ amount }}원") == "3원"
    monkeypatch.setattr(Environment, "_generate", lambda *_: pytest.fail("compiled again"))
    assert written(tmp_path, "{{ amount }}원") == "3원"


def test_another_text_is_compiled_anew(tmp_path: Path) -> None:
    assert [written(tmp_path, text) for text in ("{{ amount }}원", "{{ amount }}건")] == ["3원", "3건"]


@pytest.mark.parametrize("kept", [b"", b"\x80", b"not what was kept"])
def test_what_cannot_be_read_is_compiled_anew(tmp_path: Path, kept: bytes) -> None:
    written(tmp_path, "{{ amount }}원")
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:20] + kept)
    assert written(tmp_path, "{{ amount }}원") == "3원"


def test_a_folder_that_cannot_be_written_to_costs_time_alone(tmp_path: Path) -> None:
    assert written(tmp_path / "missing", "{{ amount }}원") == "3원"
