"""What commands share: how they end, how a case is named and found, how its PDF file is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError, RenderedPdf
from procurement.domain.checkpoint import UnreadableCheckpointError, read_file
from procurement.domain.errors import Conflict, InvalidInput, NotFound
from procurement.models import Case
from procurement.services import cases, institutions, unit
from procurement.services.verification import Copy

_Command = TypeVar("_Command", bound=Callable[..., Any])

institution_option = click.option(
    "--institution", "institution_name", default="", metavar="NAME", help="기관이 여럿일 때 이름"
)
_case_argument = click.argument("case_number", metavar="CASE")
_output_option = click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), required=True, help="PDF를 쓸 파일"
)


copies_option = click.option(
    "--checkpoint",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="이 시스템 밖에 둔 확인점 파일(여러 번 쓸 수 있음)",
)


def read_copies(files: Sequence[Path]) -> list[Copy]:
    """The checkpoints in files. Raises ``UnreadableCheckpointError``, naming the file."""
    found = []
    for file in files:
        try:
            found.append(Copy(file.name, read_file(file.read_text(encoding="utf-8"))))
        except (UnreadableCheckpointError, UnicodeDecodeError) as error:
            raise UnreadableCheckpointError(f"‘{file}’: {error}") from error
    return found


def end(context: click.Context, message: str, code: int = 2) -> NoReturn:
    """End with a sentence on stderr and ``code``: 1 for a thing not done, 2 for a command given wrongly."""
    click.echo(message, err=True)
    context.exit(code)


def case_to_pdf(command: _Command) -> _Command:
    """Give a command the case, the file to write and the institution."""
    return _case_argument(_output_option(institution_option(command)))


def find_case(case_number: str, institution_name: str) -> Case:
    """The case of that number; from here on the command works for its institution.

    Raises ``NotFound`` and ``InvalidInput`` as ``institutions.find`` and ``cases.require`` do.
    """
    with known_database():
        unit.bind(str(institutions.find(institution_name).id))
        return cases.require(case_number)


@contextmanager
def known_database() -> Iterator[None]:
    """Raise ``NotFound`` where the database lacks a table or column that the program works with."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        raise NotFound(
            "데이터베이스를 쓸 수 없습니다. 이어져 있는지와 지금 판의 표가 있는지 확인하세요. "
            "표는 `make setup`이 만들고 바꿉니다."
        ) from error


def write_pdf(
    context: click.Context,
    case_number: str,
    institution_name: str,
    output: Path,
    printed: Callable[[Case], RenderedPdf],
) -> RenderedPdf:
    """Print the case and write the file; ends the command when that cannot be done."""
    try:
        case = find_case(case_number, institution_name)
    except (InvalidInput, NotFound) as error:
        end(context, error.message)
    try:
        with known_database():
            rendered = printed(case)
    except (PdfError, FontsMissingError, NotFound, Conflict) as error:
        end(context, str(error), 1)
    try:
        output.write_bytes(rendered.data)
    except OSError:
        end(context, f"‘{output}’에 쓸 수 없습니다. 폴더가 있는지와 쓰기 권한을 확인하세요.")
    click.echo(f"{output}: {rendered.pages}쪽, {len(rendered.data):,}바이트")
    return rendered
