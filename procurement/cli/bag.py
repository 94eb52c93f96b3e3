"""``flask bag``: everything of a case in a folder that can be verified without this program's server."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext

from procurement.adapters.fonts import FontsMissingError
from procurement.adapters.pdf import PdfError
from procurement.cli.shared import end, find_case, institution_option
from procurement.domain.errors import InvalidInput, NotFound, Refused
from procurement.extensions import db
from procurement.models import Institution
from procurement.services import bags, bundle_jobs, institutions


@click.command("bag")
@click.argument("case_number", metavar="CASE")
@click.option(
    "-o", "--output", metavar="DIR", type=click.Path(path_type=Path), required=True, help="묶음을 쓸 폴더"
)
@institution_option
@click.pass_context
@with_appcontext
def bag_command(context: click.Context, case_number: str, output: Path, institution_name: str) -> None:
    """이용계약 건의 증빙 보관 묶음(BagIt)을 폴더로 만듭니다. 확인은 python -m procurement.verify DIR"""
    try:
        case = find_case(case_number, institution_name)
        actor = institutions.operator(db.session.get_one(Institution, case.institution_id))
        printed = bundle_jobs.print_case(case)
        bags.write(actor, find_case(case_number, institution_name), printed.data, output)
    except (InvalidInput, NotFound) as error:
        end(context, error.message)
    except Refused as error:
        end(context, error.message, 1)
    except (PdfError, FontsMissingError) as error:
        end(context, str(error), 1)
    except OSError:
        end(context, f"‘{output}’에 쓸 수 없습니다. 비어 있는 폴더인지와 쓰기 권한을 확인하세요.")
    for note in printed.notes:
        click.echo(note, err=True)
    click.echo(f"{output}: 증빙 보관 묶음을 만들었습니다. 확인: python -m procurement.verify {output}")
