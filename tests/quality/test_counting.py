"""A run says how many tests it ran, and fails when one was left out."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent.parent

COUNTED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.support.counting import Counting

def pytest_configure(config):
    config.pluginmanager.register(Counting({database!r}, Path({counts!r})))
"""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs inside need no other plugin, each of which takes its time to start."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, database: str, tests: str) -> pytest.RunResult:
    counts = str(pytester.path / "counts.txt")
    pytester.makeconftest(COUNTED.format(root=str(ROOT), database=database, counts=counts))
    pytester.makepyfile(tests)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider")


def test_a_run_without_skips_passes_and_is_counted(pytester: pytest.Pytester) -> None:
    result = run(pytester, "sqlite", "def test_a(): pass\ndef test_b(): pass")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["sqlite: 2 tests ran, 0 skipped", "*2 passed*"])


def test_a_second_run_shows_the_counts_of_both(pytester: pytest.Pytester) -> None:
    run(pytester, "sqlite", "def test_a(): pass\ndef test_b(): pass")
    result = run(pytester, "postgres", "def test_a(): pass")
    result.stdout.fnmatch_lines(["sqlite: 2 tests ran, 0 skipped", "postgres: 1 tests ran, 0 skipped"])


@pytest.mark.parametrize(
    "tests",
    [
        "import pytest\n@pytest.mark.skip\ndef test_a(): pass\ndef test_b(): pass",
        "import pytest\n@pytest.mark.xfail\ndef test_a(): assert False\ndef test_b(): pass",
        "import pytest\n@pytest.mark.xfail\ndef test_a(): pass\ndef test_b(): pass",
        "import pytest\ndef test_a(): pytest.skip('no')\ndef test_b(): pass",
    ],
)
def test_a_test_that_was_left_out_fails_the_run(pytester: pytest.Pytester, tests: str) -> None:
    result = run(pytester, "sqlite", tests)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["sqlite: 1 tests ran, 1 skipped", "A test was skipped or excused*"])
