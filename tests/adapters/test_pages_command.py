"""The command that parses a saved page: its keys, its exit codes and its words."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from procurement.cli.catalogue_parse import parse_command

PAGES = Path(__file__).parent.parent / "data" / "pages"


def test_the_list_is_printed_as_json_with_every_key() -> None:
    result = CliRunner().invoke(parse_command, [str(PAGES / "euc_kr.html"), "--json"])
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    assert len(rows) == 5
    first = rows[0]
    assert first["service_id"] == "SAS-4-09-10374"
    assert first["service_name"] == "두레이!"
    assert first["provider_name"] == "엔에이치엔두레이"
    assert first["service_type"] == "SaaS"
    assert (first["csap_from"], first["csap_to"], first["in_mall"]) == ("2024-12-11", "2029-12-17", None)


def test_without_json_a_person_reads_a_table() -> None:
    result = CliRunner().invoke(parse_command, [str(PAGES / "paged.html")])
    assert result.exit_code == 0
    assert "   1  SAS-4-09-10374 | 두레이! | 엔에이치엔두레이 | 확인 필요" in result.stdout
    assert "모두 5개 (화면에 적힌 전체 32개)" in result.stdout


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", "서비스명,제공자\n가,나\n".encode(), b"<html><p>x</p></html>"]
)
def test_a_file_that_is_no_result_page_ends_with_one_and_the_reason(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "saved"
    file.write_bytes(content)
    result = CliRunner().invoke(parse_command, [str(file), "--json"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.strip().endswith(("주세요.", "쓰세요."))


@pytest.mark.parametrize("arguments", [[], ["없는 파일.html"], ["a", "b"], ["--yaml"]])
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    assert CliRunner().invoke(parse_command, arguments).exit_code == 2
