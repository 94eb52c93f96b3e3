"""From the plain data of a bundle to its pages: templates, sections, and the printing itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

from procurement.adapters.fonts import font_paths
from procurement.adapters.pdf import (
    COVER,
    Attachment,
    Part,
    RenderedPdf,
    Section,
    Tell,
    render_document,
)
from procurement.adapters.pdf_parts import engine_digest
from procurement.adapters.pdf_process import Renderer
from procurement.adapters.section_cache import SectionCache
from procurement.domain.counting import counted
from procurement.domain.facts import CaseHead
from procurement.domain.steps import SPEC, Step
from procurement.services.bundle_input import BundleInput, FrozenSearch

TIMEOUT_SECONDS = 600


@dataclass(frozen=True)
class Draft:
    """A section before it is written: what it is made from, and how to write it.

    ``made_from`` names everything that decides its text; where it is left out, the text itself says it.
    """

    key: str
    title: str
    write: Callable[[], str]
    level: int = 1
    landscape: bool = False
    made_from: tuple[str, ...] = ()

    def section(self, ready: Part | None = None) -> Section:
        """The section as the printer takes it, written only when its pages are not ready."""
        text = "" if ready else self.write()
        return Section(self.key, self.title, text, self.level, self.landscape, ready=ready)


def render(
    data: BundleInput,
    font_dir: Path,
    *,
    cache: SectionCache | None = None,
    attachments: Sequence[Attachment] = (),
    tell: Tell | None = None,
) -> RenderedPdf:
    """Print the bundle. The same data give the same bytes.

    ``cache``: where pages of sections are kept that come again. ``tell``: told how far it is. Raises
    ``PdfError`` when it cannot be printed completely, ``FontsMissingError`` before set-up.
    """
    kind = title_of(data)
    # The process gets ready while the text is written here.
    with Renderer(font_dir) as renderer:
        kept = _Kept(cache, font_dir)
        rendered = renderer.render(
            render_document,
            TIMEOUT_SECONDS,
            cover=kept.cover(_html("cover", data, kind=kind, code=quote(ledger_line(data)))),
            sections=[kept.section(draft) for draft in drafts(data)],
            title=f"{kind} {data.head.number} {data.head.title}",
            author=data.institution.name,
            subject="디지털서비스 이용계약 증빙자료",
            font_dir=font_dir,
            footer=f"{data.head.number} · 원장 {data.ledger[-1].seq}번 {data.head_hash[:12]}",
            created=data.made_of,
            attachments=attachments,
            tell=tell,
        )
    kept.keep(rendered.parts)
    return rendered


class _Kept:
    """Takes sections from the cache and gives it those that were rendered."""

    def __init__(self, cache: SectionCache | None, font_dir: Path) -> None:
        self._cache = cache
        self._engine = engine_digest(font_paths(font_dir)) if cache else ""
        self._keys: dict[str, str] = {}

    def cover(self, text: str) -> str | Part:
        """The pages of the cover when they are there, else its text."""
        if self._cache is None:
            return text
        key = self._keys[COVER] = SectionCache.key((self._engine, COVER, text))
        return self._cache.get(key) or text

    def section(self, draft: Draft) -> Section:
        """The section with its pages when they are there, else with its text."""
        if self._cache is None:
            return draft.section()
        how = (self._engine, draft.title, str(draft.level), str(draft.landscape))
        section = None if draft.made_from else draft.section()
        words = (_writing_digest(), *draft.made_from) if section is None else ("text", section.html)
        key = self._keys[draft.key] = SectionCache.key((*how, *words))
        ready = self._cache.get(key)
        if ready is None:
            return section or draft.section()
        return draft.section(ready)

    def keep(self, parts: Mapping[str, Part]) -> None:
        """Keep the pages rendered."""
        if self._cache is None:
            return
        for name, part in parts.items():
            self._cache.put(self._keys[name], part)
        if parts:
            self._cache.tidy()


@lru_cache(maxsize=1)
def _writing_digest() -> str:
    """Digest of what turns data into text: templates, and the code beside them."""
    from procurement.services.bundle_templates import TEMPLATES

    files = [*sorted(TEMPLATES.glob("*.html")), *sorted(Path(__file__).parent.glob("bundle_*.py"))]
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def title_of(data: BundleInput) -> str:
    """What the bundle calls itself."""
    return "품의용 증빙자료 묶음" if data.for_approval else "증빙자료 묶음"


def ledger_line(data: BundleInput) -> str:
    """The state of the case's ledger in one line: number of the case, events, head."""
    return f"{data.head.number} {data.ledger[-1].seq} {data.head_hash}"


def sections(data: BundleInput) -> Iterator[Section]:
    """The bundle's sections after its cover, in order, as HTML."""
    return (draft.section() for draft in drafts(data))


def drafts(data: BundleInput) -> Iterator[Draft]:
    """The bundle's sections after its cover, in order, none written yet."""
    yield _draft("overview", "이 건의 한눈 보기", data)
    for shown, group in groupby(Step, lambda step: data.steps[step].shown):
        if shown:
            for step in group:
                yield from _step(step, data)
        else:
            yield _not_yet(list(group), data)
    yield _draft("rules", "규칙별 판단 결과", data)
    yield _draft("evidence", "증빙 파일 목록", data)
    yield _draft("ledger", "이 건의 원장", data, landscape=True)


def _step(step: Step, data: BundleInput) -> Iterator[Draft]:
    yield _draft(step.value, SPEC[step].title, data, step=step)
    if step is Step.SEARCH and data.decisions.search is not None:
        yield from _runs(data, data.decisions.search)
    if step is Step.SELECTION:
        yield _draft("scores", "평가표와 점수", data, level=2)
    if step is Step.CONTRACT:
        yield _draft("annex", "서비스수준 부속서", data, level=2)


def _not_yet(steps: list[Step], data: BundleInput) -> Draft:
    """Steps in a row that are not completed share a page: each alone would leave it all but empty."""
    title = SPEC[steps[0]].title
    if len(steps) > 1:
        yet = "" if data.ended else "아직 "
        title = f"{yet}완료하지 않은 단계 {' '.join(SPEC[step].sign for step in steps)}"
    return _draft(steps[0].value, title, data, "not_yet", steps=steps)


def _draft(
    key: str,
    title: str,
    data: BundleInput,
    template: str = "",
    level: int = 1,
    landscape: bool = False,
    **more: Any,
) -> Draft:
    return Draft(key, title, lambda: _html(template or key, data, **more), level, landscape)


@dataclass(frozen=True)
class _RunPage:
    """All that the pages of a run say beside the run: they are kept by it, so they can see nothing else."""

    head: CaseHead
    searcher: str

    def name_of(self, _account_id: str | None) -> str:
        return self.searcher


def _runs(data: BundleInput, search: FrozenSearch) -> Iterator[Draft]:
    numbers = {run.run_id: run.number for run in search.runs}
    snapshot = data.steps[Step.SEARCH].digest
    for run in search.runs:
        final = search.is_final(run)
        page = _RunPage(data.head, data.name_of(run.actor_id))
        told = (str(data.head), page.searcher, str(final), str(numbers))
        yield Draft(
            f"run-{run.number}",
            f"검색 {run.number}번{'(최종)' if final else ''} 기록과 "
            f"전체 결과 {counted(len(run.results), 'service')}",
            partial(_html, "run", page, run=run, final=final, numbers=numbers),
            level=2,
            landscape=True,
            made_from=("run", snapshot, run.run_id, *told) if snapshot else (),
        )


def _html(template: str, data: BundleInput | _RunPage, **more: Any) -> str:
    # What text is written with is read after the process that prints it was started; both take a while.
    from procurement.services.bundle_words import written

    decided = data.decisions if isinstance(data, BundleInput) else None
    return written(template, b=data, d=decided, **more)
