"""The Korean typeface that every PDF carries inside itself.

The typeface comes from a Python package as one variable TrueType file. ReportLab embeds static TrueType
only, so Regular and Bold are cut from it once, when the project is set up, and kept in a folder that the
program reads afterwards. What print does not use (layout features, vertical metrics) is left out: the files
are smaller and open faster, and every character of the source stays.
"""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from procurement.adapters.whole_files import appearing_whole

_SOURCE_PACKAGE = "justmytype_intl_cjk"
_SOURCE_FILE = "fonts/ofl/notosanskr/NotoSansKR[wght].ttf"
_FACES = {"NotoSansKR-Regular.ttf": 400, "NotoSansKR-Bold.ttf": 700}
_LOCK_FILE = ".fonts.lock"
# A fixed moment (seconds since 1904, the epoch of the format) instead of the time of the build, so that two
# machines make the same file and therefore the same PDF bytes.
_HEAD_TIME = 3_786_912_000


class FontsMissingError(RuntimeError):
    """The two faces have not been made yet in the folder that was asked for."""


@dataclass(frozen=True)
class FontPaths:
    """Where the two static faces are."""

    regular: Path
    bold: Path


def font_paths(font_dir: Path) -> FontPaths:
    """Return the paths of both faces below `font_dir`; raise FontsMissingError when one is not there."""
    regular, bold = (font_dir / name for name in _FACES)
    for path in (regular, bold):
        if not path.is_file():
            raise FontsMissingError(
                f"PDF에 쓸 글꼴 파일이 없습니다: {path}. "
                "`make setup`을 실행하여 글꼴을 만든 뒤 다시 시도하세요."
            )
    return FontPaths(regular=regular, bold=bold)


def build_fonts(font_dir: Path) -> None:
    """Make Regular and Bold below `font_dir` unless they are there already.

    Takes some seconds a face. Safe to call from several processes at once: one builds while the others wait,
    and a face appears under its name only when it is complete.
    """
    font_dir.mkdir(parents=True, exist_ok=True)
    with _locked(font_dir / _LOCK_FILE):
        missing = [name for name in _FACES if not (font_dir / name).is_file()]
        if not missing:
            return
        with as_file(files(_SOURCE_PACKAGE) / _SOURCE_FILE) as source:
            for name in missing:
                _build_face(source, font_dir / name, _FACES[name])


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build_face(source: Path, target: Path, weight: int) -> None:
    # The set-up alone cuts faces; who prints need not wait for these.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options()
    options.layout_features = []
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "vhea", "vmtx"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    with TTFont(source, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=font.getBestCmap())
        subsetter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=False)
        _name_face(font, target.stem)
        font["head"].modified = _HEAD_TIME
        with appearing_whole(target) as out:
            font.save(out)


def _name_face(font: Any, postscript_name: str) -> None:
    """Both faces come from one file; without a name of their own they could not be told apart in a PDF."""
    family, style = postscript_name.split("-")
    names = {1: family, 2: style, 4: f"{family} {style}", 6: postscript_name}
    for identifier, text in names.items():
        font["name"].setName(text, identifier, 3, 1, 0x409)
    font["OS/2"].usWeightClass = _FACES[f"{postscript_name}.ttf"]


def main(arguments: list[str]) -> int:
    """Build the faces in the folder named by the only argument; the set-up calls this."""
    if len(arguments) != 1:
        sys.stderr.write("사용법: python -m procurement.adapters.fonts 글꼴폴더\n")
        return 2
    build_fonts(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
