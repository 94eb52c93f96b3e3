"""Does the work of the background: ``python -m procurement.worker``.

Looks for jobs, does them one after another, and finishes the one in hand when it is told to stop.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from procurement import create_app
from procurement.adapters.processes import say
from procurement.config import ConfigError, Settings
from procurement.extensions import db
from procurement.models import guards
from procurement.services import bags, bundle_jobs, erasure_files, jobs, leases
from procurement.services.checkpoint_errands import CheckpointWork
from procurement.services.daily import DailyRefresh

SECONDS_BETWEEN_LOOKS = 1.0
# What it ends with when a job hangs; whoever started it starts it again.
HUNG = 70

# Modules that say what the worker can do, as soon as they are imported.
HANDLED_BY = (bundle_jobs, bags, erasure_files)


def check_guards() -> None:
    """Raise ``ConfigError`` when the database would let what is recorded be changed."""
    with db.engine.connect() as connection:
        found = guards.faults(connection)
    if found:
        raise ConfigError(guards.sentence(found))


def end_at_once() -> None:
    """End this process, whose only hand is stuck; whoever started it starts it again."""
    os._exit(HUNG)


def work(stop: threading.Event) -> None:
    """Do jobs until ``stop`` is set, and what each new day asks for; call it in an application context."""
    refresh, checkpoints = DailyRefresh(), CheckpointWork()
    leases.clear_signs()
    while not stop.is_set():
        done = jobs.run_pending(1, stop.is_set, end_at_once) or checkpoints.step() or refresh.step()
        db.session.remove()
        if not done:
            stop.wait(SECONDS_BETWEEN_LOOKS)


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    return stop


def main() -> int:
    """The command; gives the exit code."""
    stop = stop_on_signals()
    try:
        app = create_app(Settings.from_environment())
        with app.app_context():
            check_guards()
            work(stop)
            db.session.remove()
            db.engine.dispose()
    except ConfigError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
