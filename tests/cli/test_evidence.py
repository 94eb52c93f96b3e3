"""The commands: rules, the verifier, the check before serving, the first administrator."""

from __future__ import annotations

import contextvars
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from procurement import verify
from procurement.adapters import signatures
from procurement.adapters.pdf import RenderedPdf
from procurement.config import Settings
from procurement.domain.access import Role
from procurement.domain.checkpoint import read_file
from procurement.domain.rules.registry import RULES
from tests.support.attacks import run_sql
from tests.support.factories import a_case, an_account, an_institution


def run(app: Flask, *arguments: str) -> Result:
    """What a command answers, with a session of its own as at the command line."""
    invoke = app.test_cli_runner().invoke
    return contextvars.Context().run(invoke, args=list(arguments))


def test_the_rules_are_listed_as_json_with_their_step(app: Flask) -> None:
    result = run(app, "rules", "--json")
    rules = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert {tuple(rule) for rule in rules} == {("id", "step", "kind", "severity", "title", "citation")}
    assert rules[0]["step"] == "case"
    assert {rule["severity"] for rule in rules} <= {"block", "justify", "remind", "none"}
    assert next(rule["step"] for rule in rules if rule["id"] == "S-7") == "search"


def test_the_rules_are_listed_for_people(app: Flask) -> None:
    text = run(app, "rules").stdout
    assert "③ 서비스 검색·저장" in text
    assert text.count("근거: ") == len(RULES)


@pytest.mark.usefixtures("db_session")
def test_the_verifier_ends_with_0_where_all_holds(app: Flask) -> None:
    number = a_case().number
    everything, one = (
        run(app, "evidence", "verify"),
        run(app, "evidence", "verify", "--case", number, "--json"),
    )
    assert (everything.exit_code, one.exit_code) == (0, 0)
    assert "모두 그대로입니다." in everything.stdout
    report = json.loads(one.stdout)
    assert report["holds"] is True
    assert report["broken"] is None
    assert report["scope"] == f"이용계약 건 {number}"
    assert report["checked"][0] == {"what": "원장의 사건", "count": 1}


@pytest.mark.usefixtures("db_session")
def test_the_verifier_ends_with_1_and_the_name_of_what_is_broken(app: Flask, settings: Settings) -> None:
    number = a_case().number
    run_sql(settings, ["UPDATE event_body SET body = body || ' ' WHERE body LIKE '%title%'"])
    result = run(app, "evidence", "verify")
    assert result.exit_code == 1
    assert f"■ 사건 {number}#1: 사건의 본문이" in result.stdout
    report = json.loads(run(app, "evidence", "verify", "--json").stdout)
    assert report["broken"]["what"] == f"사건 {number}#1"


@pytest.mark.usefixtures("db_session")
@pytest.mark.parametrize(
    "arguments",
    [["--case", "2020-9999"], ["--institution", "없는 기관"], ["--nonsense"], ["--case", "2026-0001"]],
)
def test_the_verifier_ends_with_2_when_it_is_used_wrongly(app: Flask, arguments: list[str]) -> None:
    an_institution("표본 첫째 기관")
    an_institution("표본 둘째 기관")
    result = run(app, "evidence", "verify", *arguments)
    assert result.exit_code == 2
    assert result.stderr


@pytest.mark.usefixtures("db_session")
def test_one_institution_of_several_is_verified(app: Flask, settings: Settings) -> None:
    an_institution("표본 첫째 기관")
    number = a_case().number
    an_institution("표본 둘째 기관")
    a_case()
    run_sql(
        settings,
        [
            "UPDATE event SET kind = 'x' WHERE chain_id IN (SELECT id FROM chain WHERE institution_id = "
            "(SELECT id FROM institution WHERE name = '표본 첫째 기관'))"
        ],
    )
    first = run(app, "evidence", "verify", "--institution", "표본 첫째 기관", "--case", number)
    second = run(app, "evidence", "verify", "--institution", "표본 둘째 기관", "--json")
    assert first.exit_code == 1
    assert json.loads(second.stdout)["broken"]["what"].startswith("장치")


@pytest.mark.usefixtures("db_session")
def test_the_check_says_whether_it_may_be_served(app: Flask, settings: Settings) -> None:
    assert run(app, "check").exit_code == 0
    run_sql(settings, [])
    result = run(app, "check")
    assert result.exit_code == 1
    assert "장치" in result.stdout


@pytest.mark.usefixtures("db_session")
@pytest.mark.parametrize("what", ["institution", "account"])
def test_real_use_is_refused_with_anything_made_for_trying_out(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    an_institution(is_sample=what == "institution")
    an_account(Role.ADMIN, is_sample=what == "account")
    assert run(app, "check").exit_code == 0
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, environment="production"))
    result = run(app, "check")
    assert result.exit_code == 1
    assert "표본" in result.stdout


@pytest.mark.usefixtures("db_session")
def test_the_first_administrator_gets_a_link_that_works(app: Flask) -> None:
    arguments = [
        "--institution",
        "표본 새 기관",
        "--kind",
        "local",
        "--login",
        "boss",
        "--name",
        "표본 관리자",
    ]
    result = run(app, "admin", "create", *arguments)
    assert result.exit_code == 0
    link = result.stdout.split()[-1]
    assert app.test_client().get(link[link.index("/link/") :]).status_code == 200
    assert run(app, "admin", "create", *arguments).exit_code == 2
    assert run(app, "admin", "create", "--institution", "이름만").exit_code == 2


@pytest.mark.usefixtures("db_session")
def test_a_checkpoint_is_written_and_handed_out_and_the_key_is_changed(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key, file = tmp_path / "key.pem", tmp_path / "copy.json"
    monkeypatch.setitem(app.config, "SETTINGS", replace(settings, signing_key_file=key))
    a_case()
    missing = run(app, "evidence", "checkpoint")
    assert (missing.exit_code, "make setup" in missing.stderr) == (1, True)
    signatures.make(key)
    first = run(app, "evidence", "checkpoint", "-o", str(file))
    assert (first.exit_code, "확인점 1번" in first.stdout) == (0, True)
    assert read_file(file.read_text(encoding="utf-8")).checkpoint.number == 1
    old = signatures.load(key).key_id
    rotated = run(app, "evidence", "rotate-key")
    assert (rotated.exit_code, old in rotated.stdout) == (0, True)
    assert run(app, "evidence", "checkpoint").exit_code == 0
    assert run(app, "evidence", "key-lost", "--reason", "파일을 지움").exit_code == 1
    key.unlink()
    signatures.make(key)
    assert run(app, "evidence", "checkpoint").exit_code == 1
    assert run(app, "evidence", "key-lost", "--reason", "파일을 지움").exit_code == 0
    assert run(app, "evidence", "checkpoint").exit_code == 0
    assert run(app, "evidence", "verify").exit_code == 0


@pytest.mark.usefixtures("db_session")
def test_a_bag_is_written_into_an_empty_folder(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    number, folder = a_case().number, tmp_path / "bag"
    printed = RenderedPdf(b"%PDF-1.7 sample", 1, {})
    monkeypatch.setattr("procurement.services.bundle_jobs.print_case", lambda _case: printed)
    assert run(app, "bag", number, "-o", str(folder)).exit_code == 0
    assert verify.main([str(folder)]) == 0
    assert run(app, "bag", number, "-o", str(folder)).exit_code == 2
    assert run(app, "bag", "2020-0000", "-o", str(folder)).exit_code == 2
    assert run(app, "evidence", "verify").exit_code == 0
