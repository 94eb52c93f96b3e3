"""A second opinion on every PDF made in a test: qpdf reads its structure, poppler its text.

Neither shares code with what made the file. ``watch`` sees what is put together or signed in this process and
what comes back from the process that renders; of a worker beside the test it looks at what was kept. Each
document is looked at once, and the test that made it fails.
"""

from __future__ import annotations

import hashlib
import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

from procurement.config import Settings

_SECONDS = 120
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_TEXT = re.compile(r"<pre>(.*)</pre>", re.DOTALL)
_HANGUL, _ANY = re.compile(r"[가-힣]"), re.compile(r"\S")
# What stands in a text for a character that nobody can name: replacement, private use, control characters.
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")

# Documents to look at, by digest: the bytes, and whether their title has to stand on their pages.
_waiting: dict[str, tuple[bytes, bool]] = {}
_seen: set[str] = set()
_watched: set[str] = set()


def note(data: bytes, *, titled: bool = False) -> None:
    """Have a document looked at before the test at hand ends.

    ``titled``: it is one of the program's own, in Korean, with its title on its pages.
    """
    digest = hashlib.sha256(data).hexdigest()
    if digest not in _seen:
        _waiting[digest] = (data, titled or (digest in _waiting and _waiting[digest][1]))


def awaits(data: bytes) -> bool:
    """Whether a document is to be looked at."""
    return hashlib.sha256(data).hexdigest() in _waiting


def forget() -> None:
    """Look at nothing that was noted so far: the test before has failed."""
    _waiting.clear()


def check() -> None:
    """Look at what was noted. Raises ``AssertionError`` with what is wrong."""
    waiting, found = dict(_waiting), []
    _waiting.clear()
    for digest, (data, titled) in waiting.items():
        _seen.add(digest)
        found += [f"{digest[:12]}: {complaint}" for complaint in complaints(data, titled=titled)]
    assert not found, "a PDF made here is not sound: " + "; ".join(found)


def complaints(data: bytes, *, titled: bool = False) -> list[str]:
    """What two programs that did not make it find wrong with a document, nothing when all is well."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(data)
        file.flush()
        structure = _started("qpdf", "--check", file.name)
        text = _started("pdftotext", "-htmlmeta", "-enc", "UTF-8", file.name, "-")
        (told, complained), (page, unread) = (p.communicate(timeout=_SECONDS) for p in (structure, text))
    found = []
    if structure.returncode:
        found.append(f"qpdf: {(complained or told).strip()[-300:]}")
    if text.returncode or unread.strip():
        found.append(f"pdftotext: {unread.strip()[:300] or text.returncode}")
    return found + _unreadable(page, titled)


def _started(*command: str) -> subprocess.Popen[str]:
    assert shutil.which(command[0]), f"{command[0]} is missing: run `make test`, which installs it"
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace"
    )


def _unreadable(page: str, titled: bool) -> list[str]:
    """What is wrong with the text, which comes with the title of the file."""
    title, text = (
        html.unescape(found[1]) if (found := part.search(page)) else "" for part in (_TITLE, _TEXT)
    )
    wrong = [] if (_HANGUL if titled else _ANY).search(text) else ["no Korean text" if titled else "no text"]
    if odd := sorted(set(_UNREADABLE.findall(text))):
        wrong.append(f"characters that nobody can read: {odd}")
    if not title.strip():
        wrong.append("no title")
    # Lines are broken where they are full, also within a word.
    solid = "".join(text.split())
    if titled and (missing := [word for word in title.split() if word not in solid]):
        wrong.append(f"words of its title are not on its pages: {missing}")
    return wrong


def check_kept(settings: Settings, since: float) -> None:
    """Look at the bundles that a worker kept after ``since`` (seconds of the clock of files)."""
    from sqlalchemy import create_engine, text

    from procurement.adapters.evidence_store import FolderStore

    query = text("SELECT digest FROM evidence_file WHERE purpose IN ('bundle', 'approval_bundle')")
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        kept = [FolderStore(settings.evidence_dir).path_of(digest) for digest in connection.scalars(query)]
    engine.dispose()
    for path in kept:
        if path.is_file() and path.stat().st_mtime >= since:
            note(path.read_bytes(), titled=True)
    check()


def watch() -> None:
    """See every document from now on; costs nothing as long as nothing that prints has been imported."""
    if "procurement.adapters.pdf" in sys.modules:
        # The program reads it when it prints, which is too late to see the first document.
        import_module("procurement.adapters.pdf_assemble")
    _see("procurement.adapters.pdf_assemble", "Assembly", "finish", note)
    _see("procurement.adapters.pdf_process", "", "_rendered", lambda made: note(made.data, titled=True))
    _see("pyhanko.sign.signers", "", "sign_pdf", lambda out: note(out.getvalue()))


def _see(module: str, owner: str, name: str, tell: Callable[[Any], None]) -> None:
    """Have ``tell`` called with what a function of a module gives."""
    if module in _watched or module not in sys.modules:
        return
    _watched.add(module)
    holder: Any = getattr(sys.modules[module], owner) if owner else sys.modules[module]
    made = getattr(holder, name)

    def told(*arguments: Any, **more: Any) -> Any:
        answer = made(*arguments, **more)
        tell(answer)
        return answer

    setattr(holder, name, told)
