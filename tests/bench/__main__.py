"""``make bench``: every figure beside its reference in one run, printed and in build/bench.json."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from procurement.config import ROOT, Settings
from tests.bench import bundle, pages
from tests.bench.table import report
from tests.support.applications import load_sample, make_application, migrate


def main() -> int:
    """Measure on a database of its own; 0 whether the goals hold or not, since time proves nothing in CI."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(
            secret_key="a secret of the benchmark, as long as it has to be",
            database_url=f"sqlite:///{folder / 'bench.db'}",
            evidence_dir=folder / "evidence",
            testing=True,
        )
        app = make_application(settings)
        migrate(app)
        load_sample(app)
        found = [*pages.rows(app, settings.database_url), *bundle.rows(app, settings, pages.FINISHED)]
    report(found, ROOT / "build" / "bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
