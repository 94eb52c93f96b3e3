"""Says how many tests ran on which database, and fails a run in which any did not."""

from pathlib import Path

import pytest


def _stats(config: pytest.Config) -> dict[str, int]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    return {
        name: len(stats.get(name, []))
        for name in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
    }


def count_line(database: str, stats: dict[str, int]) -> str:
    """One line such as ``sqlite: 412 tests ran, 0 skipped``; an expected failure counts as skipped."""
    return f"{database}: {stats['passed'] + stats['failed']} tests ran, {left_out(stats)} skipped"


def left_out(stats: dict[str, int]) -> int:
    """How many tests were skipped or excused."""
    return stats["skipped"] + stats["xfailed"] + stats["xpassed"]


class Counting:
    """A pytest plugin; ``counts`` is a file that gathers the lines of several runs."""

    def __init__(self, database: str, counts: Path | None) -> None:
        self._database = database
        self._counts = counts

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if left_out(_stats(session.config)) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        stats = _stats(config)
        lines = [count_line(self._database, stats)]
        if self._counts:
            with self._counts.open("a+") as file:
                file.write(lines[0] + "\n")
                file.seek(0)
                lines = file.read().splitlines()
        terminalreporter.section("tests on each database")
        for line in lines:
            terminalreporter.write_line(line)
        if left_out(stats):
            terminalreporter.write_line("A test was skipped or excused; the run fails.", red=True, bold=True)
