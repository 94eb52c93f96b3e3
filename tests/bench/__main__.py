"""``make bench``: every figure beside its reference in one run, printed and in build/bench.json.

``python -m tests.bench pages`` measures the pages alone, ``python -m tests.bench bundle`` the bundle.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from flask import Flask

from procurement.config import ROOT, Settings
from tests.bench import annex, bundle, ledger, neutrality, pages, parsing, search, selection
from tests.bench.table import Row, report
from tests.support.applications import load_sample, make_application, migrate

PARTS: dict[str, Callable[[Flask, Settings], Sequence[Row]]] = {
    "pages": lambda app, settings: pages.rows(app, settings.database_url),
    "search": search.rows,
    "selection": selection.rows,
    "neutrality": lambda app, settings: neutrality.rows(),
    "parsing": parsing.rows,
    "ledger": ledger.rows,
    "bundle": lambda app, settings: bundle.rows(app, settings, pages.FINISHED),
    "annex": lambda app, settings: annex.rows(app, settings, pages.FINISHED),
}


def main(given: Sequence[str]) -> int:
    """Measure on a database of its own; 0 whether the goals hold or not, since time proves nothing in CI."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all when left out")
    parts: Sequence[str] = parser.parse_args(given).parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            secret_key="a secret of the benchmark, as long as it has to be",
            database_url=f"sqlite:///{folder / 'bench.db'}",
            evidence_dir=folder / "evidence",
            signing_key_file=folder / "signing-key.pem",
            testing=True,
        )
        app = make_application(settings)
        migrate(app)
        load_sample(app)
        found = [line for part in parts for line in PARTS[part](app, settings)]
    # The whole table only: a part of it would pass for all there is.
    report(found, ROOT / "build" / ("bench.json" if set(parts) == set(PARTS) else f"bench-{parts[0]}.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
