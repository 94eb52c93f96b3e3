"""Serving: what has to be ready first, and the real programs under the real supervisor."""

import contextlib
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask import Flask

from procurement import serve
from procurement.adapters.processes import ListenError, listen
from procurement.config import ConfigError, Settings
from procurement.extensions import db
from procurement.models import Account, Institution
from tests.support.applications import ROOT, environment
from tests.support.loosening import loosenings

Started = tuple["subprocess.Popen[str]", str]


@contextlib.contextmanager
def started(settings: Settings) -> Iterator[Started]:
    """Run the whole server on a free port; gives the process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "procurement.serve"],
        cwd=ROOT,
        env=environment(settings, PORT="0"),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        text = ""
        while not (found := re.search(r"http://\S+", text)):
            line = process.stdout.readline()
            assert line, text
            text += line
        yield process, found.group()
    finally:
        process.terminate()
        process.communicate()


def in_production(settings: Settings) -> Settings:
    return replace(settings, environment="production", trusted_hosts=("127.0.0.1",))


def add_institution(app: Flask, sample: bool) -> Institution:
    with app.app_context():
        institution = Institution(
            name="표본 기관" if sample else "시험 기관", kind="local", contract_law="local", is_sample=sample
        )
        db.session.add(institution)
        db.session.commit()
        db.session.refresh(institution)
        return institution


def test_a_database_with_all_tables_can_be_served(app: Flask, settings: Settings) -> None:
    assert serve.check(settings) is False


def test_the_sample_is_seen_so_that_its_accounts_are_printed(app: Flask, settings: Settings) -> None:
    add_institution(app, sample=True)
    assert serve.check(settings) is True


def test_production_refuses_a_database_with_the_sample_institution(app: Flask, settings: Settings) -> None:
    add_institution(app, sample=True)
    with pytest.raises(ConfigError, match="표본 기관과 표본 계정이 있는 데이터베이스"):
        serve.check(in_production(settings))


def test_production_refuses_a_sample_account_in_a_real_institution(app: Flask, settings: Settings) -> None:
    institution = add_institution(app, sample=False)
    with app.app_context():
        db.session.add(
            Account(institution_id=institution.id, login="sample", name="표본 사업담당자", is_sample=True)
        )
        db.session.commit()
    with pytest.raises(ConfigError, match="표본 기관과 표본 계정이 있는 데이터베이스"):
        serve.check(in_production(settings))


def test_production_serves_a_database_without_the_sample(app: Flask, settings: Settings) -> None:
    add_institution(app, sample=False)
    assert serve.check(in_production(settings)) is False


def test_a_database_without_tables_is_not_served(settings: Settings, tmp_path: Path) -> None:
    bare = replace(settings, database_url=f"sqlite:///{tmp_path / 'bare.db'}")
    with pytest.raises(ConfigError, match="make setup"):
        serve.check(bare)


def test_nothing_is_served_without_the_fonts_of_the_documents(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="make setup"):
        serve.check(replace(settings, font_dir=tmp_path))


@pytest.mark.parametrize(
    ("how", "why"), [("guard dropped", "없어졌습니다"), ("guard replaced", "처음과 다른 것으로 바뀌었습니다")]
)
def test_a_touched_trigger_stops_serving_and_setting_up(
    app: Flask, settings: Settings, how: str, why: str
) -> None:
    with app.app_context(), db.engine.begin() as connection:
        name = loosenings(connection, random.Random(7))[how]()
    for act in (serve.check, serve.prepare):
        with pytest.raises(ConfigError, match=f"{name}: {why}"):
            act(settings)


def test_setting_up_for_production_loads_no_sample(settings: Settings, tmp_path: Path) -> None:
    real = replace(in_production(settings), database_url=f"sqlite:///{tmp_path / 'real.db'}")
    serve.prepare(real)
    assert serve.check(real) is False


def test_setting_up_again_after_real_work_began_does_not_bring_the_sample_back(
    app: Flask, settings: Settings
) -> None:
    add_institution(app, sample=False)
    serve.prepare(settings)
    assert serve.check(settings) is False


def test_the_server_answers_and_ends_at_ctrl_c(app: Flask, settings: Settings) -> None:
    with started(settings) as (process, address):
        assert requests.get(address, timeout=60).status_code == 200
        too_long = requests.get(f"{address}/?q={'가' * 1_000}", timeout=60)
        assert too_long.status_code == 414
        assert "주소가 너무 깁니다" in too_long.text
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        with pytest.raises(requests.ConnectionError):
            requests.get(address, timeout=60)


def test_a_second_server_on_the_same_port_says_that_it_is_taken(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=str(port)):
            serve.serve(replace(settings, port=port))
        monkeypatch.setenv("PORT", str(port))
        assert serve.main([]) == 1
    assert "다른 프로그램이 쓰고 있습니다" in capsys.readouterr().err


def test_a_bad_setting_is_said_without_a_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "many")
    assert serve.main([]) == 1
    assert capsys.readouterr().err == "PORT에는 정수를 적어야 합니다: 'many'\n"
