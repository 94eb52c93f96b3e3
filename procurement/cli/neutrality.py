"""``flask neutrality``: does a text name a company or a service? Needs no database."""

import json
from pathlib import Path

import click

from procurement.adapters.name_index import build_index, read_names
from procurement.cli.shared import end
from procurement.domain.errors import InvalidInput
from procurement.domain.neutrality import Judgement, Name

_VERDICTS = {
    "block": "쓸 수 없음",
    "review": "사유 필요",
    "note": "특정 기술(검색어로 쓸 수 없음)",
    "neutral": "중립",
}


@click.command("neutrality")
@click.option(
    "--names", "names_file", metavar="FILE", help="기업·서비스 이름 CSV(name,aliases, 별칭은 | 로 구분)"
)
@click.option("--definition", is_flag=True, help="검색어가 아니라 요구사항 정의서의 글로 봅니다")
@click.option("--json", "as_json", is_flag=True, help="JSON으로 출력")
@click.argument("texts", metavar="TEXT...", nargs=-1)
@click.pass_context
def neutrality_command(
    context: click.Context, names_file: str | None, definition: bool, as_json: bool, texts: tuple[str, ...]
) -> None:
    """글이 특정 기업이나 서비스를 가리키는지 살핍니다(가이드라인 ③단계)."""
    if names_file is None:
        end(context, "이름 파일이 없습니다. --names 뒤에 CSV 파일을 적으세요.")
    if not texts:
        end(context, "살필 글이 없습니다. 검색어를 하나 이상 적으세요.")
    index = build_index(_names(context, names_file))
    judged = [(text, index.judge(text, as_search_word=not definition)) for text in texts]
    if as_json:
        click.echo(json.dumps([_as_keys(text, judgement) for text, judgement in judged], ensure_ascii=False))
    else:
        for text, judgement in judged:
            click.echo(f"{text}: {_VERDICTS[judgement.verdict]}")
            for match in judgement.matches:
                click.echo(f"  - {match.message}")
    context.exit(int(any(judgement.verdict != "neutral" for _, judgement in judged)))


def _names(context: click.Context, names_file: str) -> list[Name]:
    try:
        return read_names(Path(names_file).read_bytes())
    except InvalidInput as error:
        end(context, error.message)
    except (OSError, ValueError):
        end(context, f"이름 파일 ‘{names_file}’을(를) 열 수 없습니다. 경로와 읽기 권한을 확인하세요.")


def _as_keys(text: str, judgement: Judgement) -> dict[str, object]:
    return {
        "text": text,
        "verdict": judgement.verdict,
        "matches": [
            {
                "name": match.name,
                "found": match.found,
                "start": match.start,
                "end": match.end,
                "how": match.how,
                "verdict": match.verdict,
                "message": match.message,
            }
            for match in judgement.matches
        ],
    }
