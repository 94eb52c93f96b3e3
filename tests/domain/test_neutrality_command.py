"""The command and the file of names."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from procurement.adapters.name_index import read_names
from procurement.cli.neutrality import neutrality_command
from procurement.domain.errors import InvalidInput
from procurement.domain.neutrality import Name

VENDORS = str(Path(__file__).parents[1] / "data" / "vendor_names.csv")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(neutrality_command, arguments)


def test_the_command_answers_in_the_order_asked() -> None:
    done = run("--names", VENDORS, "--json", "빅데이터", "케이 티 회선", "오라클 DB", "줌")
    answers = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [(one["text"], one["verdict"]) for one in answers] == [
        ("빅데이터", "neutral"),
        ("케이 티 회선", "block"),
        ("오라클 DB", "note"),
        ("줌", "review"),
    ]
    [match] = answers[1]["matches"]
    assert (match["name"], match["found"], match["start"], match["end"]) == ("KT", "케이 티", 0, 4)
    assert match["how"] == "letters"
    assert "요구사항 정의서" in match["message"]


def test_the_command_succeeds_when_all_is_neutral() -> None:
    done = run("--names", VENDORS, "데이터 독립성 확보", "확대(줌) 기능")
    assert done.exit_code == 0
    assert done.stdout == "데이터 독립성 확보: 중립\n확대(줌) 기능: 중립\n"


def test_the_command_says_in_words_how_to_mend() -> None:
    done = run("--names", VENDORS, "--definition", "오라클 환경과 데이타독")
    assert done.exit_code == 1
    assert "특정 기술" in done.stdout
    assert "이름을 빼고" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("빅데이터",), "이름 파일이 없습니다"),
        (("--names", VENDORS), "살필 글이 없습니다"),
        (("--names", "no/such/file.csv", "빅데이터"), "열 수 없습니다"),
        (("--names", "/", "빅데이터"), "열 수 없습니다"),
    ],
)
def test_wrong_use_ends_with_two_and_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_no_name_list_ends_with_two(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_bytes(b"\xff\xfe\x00")
    done = run("--names", str(file), "빅데이터")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "CSV로 저장하세요" in done.stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_names_are_read_in_each_encoding(encoding: str) -> None:
    data = "name,aliases,kind\r\n가온,Gaon| 가 온 |,\r\n\r\n나래엔진,,technology\r\n".encode(encoding)
    assert read_names(data) == [Name("가온", ("Gaon", "가 온")), Name("나래엔진", (), "technology")]


def test_a_list_without_aliases_is_enough() -> None:
    assert read_names("name\n가온\n".encode()) == [Name("가온")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "name 열이 없습니다"),
        ("가온,Gaon\n", "name 열이 없습니다"),
        ("name,aliases\n", "하나도 없습니다"),
        ("name,aliases\n,Gaon\n", "2번째 줄에 이름이 비어"),
        ("name,aliases\n가온,Gaon,가온텍\n", "열이 너무 많습니다"),
        ("name,aliases,kind\n가온,,맛집\n", "종류를 알 수 없습니다"),
        ('name,aliases\n"가온,Gaon\n', "올바른 CSV가 아닙니다"),
    ],
)
def test_a_bad_list_is_refused_with_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_names(text.encode())
