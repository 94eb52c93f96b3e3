"""Long result lists of a search beside Chromium and WeasyPrint printing the same HTML."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask import Flask

from procurement.adapters.pdf import render_document
from procurement.adapters.section_cache import SectionCache
from procurement.config import Settings
from procurement.domain.steps import Step, StepState
from procurement.services import bundle_render
from procurement.services.bundle_input import BundleInput, FrozenSearch, FrozenStep
from tests.bench.bundle import COLD, collected
from tests.bench.engines import Chromium, print_with_weasyprint, write_page
from tests.bench.table import Row, row, side_by_side

SIZES = (1_000, 5_000)
LARGEST = 10_000
MOST_MEGABYTES = 400.0
# The same again with one section changed, as a part of the first time.
AGAIN = 0.15
GROWTH = 1.1


def rows(app: Flask, settings: Settings, number: str) -> list[Row]:
    """Time, memory, repetition and growth of annexes made of the search of case ``number``."""
    with app.app_context():
        data = collected(number)
    # The first document starts the renderer.
    bundle_render.render(with_results(data, 10), settings.font_dir)
    found = []
    for size in SIZES:
        found += beside_others(data, size, settings.font_dir)
        found.append(again(data, size, settings.font_dir))
    found.append(growth(data, settings.font_dir))
    return found


def with_results(data: BundleInput, size: int) -> BundleInput:
    """The case as it stood when ③ was completed with one search of ``size`` results."""
    search = data.decisions.search
    run = search.runs[-1] if search else None
    if run is None:
        raise RuntimeError("the case has no search")
    results = tuple(
        replace(
            run.results[at % len(run.results)],
            position=at + 1,
            result_id=f"result-{at}",
            service_id=f"SAMPLE-2026-{at:05d}",
            service_name=f"표본 업무포털 클라우드 이용 서비스 제{at}호",
            provider_name=f"표본 제공자 {at % 97}",
            price_won=1_000_000 + 137 * at,
        )
        for at in range(size)
    )
    long_run = replace(run, results=results, follows=None)
    later = list(Step)[list(Step).index(Step.SEARCH) + 1 :]
    steps = {**data.steps, **{step: FrozenStep(step, StepState.WAITING) for step in later}}
    steps[Step.SEARCH] = replace(data.steps[Step.SEARCH], digest=f"{size} results")
    decisions = replace(data.decisions, **{step.value: None for step in later})
    marks = () if search is None else search.finals[:1]
    return replace(
        data, steps=steps, decisions=replace(decisions, search=FrozenSearch(marks, (long_run,))), evidence=()
    )


def annex(data: BundleInput) -> list[bundle_render.Draft]:
    """The pages of the search alone."""
    return [draft for draft in bundle_render.drafts(data) if draft.key.startswith("run-")]


def print_annex(data: BundleInput, font_dir: Path) -> int:
    """Print the pages of the search alone, in this process; returns how many."""
    return render_document(
        cover=None,
        sections=[draft.section() for draft in annex(data)],
        title="부속",
        author="표본",
        subject="검색 결과",
        font_dir=font_dir,
        created=data.made_of,
    ).pages


def beside_others(data: BundleInput, size: int, font_dir: Path) -> list[Row]:
    """The annex alone, with every engine; the slow one once."""
    long = with_results(data, size)
    chromium = Chromium()
    with tempfile.TemporaryDirectory() as name:
        page = write_page([draft.section() for draft in annex(long)], font_dir, Path(name))
        pages = print_annex(long, font_dir)
        value, reference = side_by_side(lambda: print_annex(long, font_dir), lambda: chromium.print(page), 2)
        weasyprint = seconds(lambda: print_with_weasyprint(page)) * 1000
    what = f"annex of {size:,} results, {pages} pages"
    return [
        row(f"{what} (ms), beside Chromium", value, reference, 1.0),
        row(f"{what} (ms), beside WeasyPrint", value, weasyprint, 1 / 3),
        row(f"{what}, memory (MB), beside the most allowed", peak(long, font_dir), MOST_MEGABYTES, 1.0),
    ]


def again(data: BundleInput, size: int, font_dir: Path) -> Row:
    """The bundle of the case at ③, and the same once more when its budget sheet says something else."""
    first = with_results(data, size)
    budget = first.decisions.budget
    if budget is None:
        raise RuntimeError("the case has no budget sheet")
    sheet = replace(budget, guidelines="다시 적은 지침")
    changed = replace(first, decisions=replace(first.decisions, budget=sheet))
    whole, once_more = zip(*(twice(first, changed, font_dir) for _ in range(3)), strict=True)
    what = f"{size:,} results again with one section changed (ms), beside the first time"
    return row(what, min(once_more) * 1000, min(whole) * 1000, AGAIN)


def twice(first: BundleInput, changed: BundleInput, font_dir: Path) -> tuple[float, float]:
    """Seconds for a bundle with nothing kept, and for the same with one section changed after it."""
    with tempfile.TemporaryDirectory() as name:
        cache = SectionCache(Path(name), "secret of the benchmark", 10**9)
        whole = seconds(lambda: bundle_render.render(first, font_dir, cache=cache))
        return whole, seconds(lambda: bundle_render.render(changed, font_dir, cache=cache))


def growth(data: BundleInput, font_dir: Path) -> Row:
    """Exponent with which the time grows from the smallest size to the largest."""
    small, large = (with_results(data, size) for size in (SIZES[0], LARGEST))
    fast = min(seconds(lambda: print_annex(small, font_dir)) for _ in range(3))
    slow = min(seconds(lambda: print_annex(large, font_dir)) for _ in range(2))
    exponent = math.log(slow / fast) / math.log(LARGEST / SIZES[0])
    return row(f"growth from {SIZES[0]:,} to {LARGEST:,} results (exponent)", exponent, GROWTH, 1.0)


def peak(data: BundleInput, font_dir: Path) -> float:
    """Megabytes that a process of its own takes at most for the annex."""
    task = pickle.dumps((print_and_say_peak, (data, font_dir)))
    run = subprocess.run([sys.executable, "-c", COLD], input=task, stdout=subprocess.PIPE, check=True)
    return float(run.stdout)


def print_and_say_peak(data: BundleInput, font_dir: Path) -> None:
    """Print the annex and write on standard output how many megabytes this process took at most."""
    print_annex(data, font_dir)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    # What getrusage says goes back to before the program was started, to the benchmark itself.
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    print(int(line.split()[1]) / 1024)


def seconds(work: Callable[[], object]) -> float:
    """How long one run of a work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
