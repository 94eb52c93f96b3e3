"""The templates of a bundle as Python has compiled them, kept where Python keeps its own modules.

Compiling them takes longer than all else that is done to write a first bundle.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from importlib.util import cache_from_source
from pathlib import Path
from pickle import UnpicklingError

import jinja2
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from procurement.config import ROOT

TEMPLATES = ROOT / "templates" / "bundle"
# What can decide what a template is compiled to beside its text: the words of constants are put in.
_CODE = ("procurement/services/bundle_*.py", "procurement/domain/**/*.py")


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps what a template was compiled to until it, or the code that it was compiled with, is another."""

    def __init__(self, folder: Path | None = None) -> None:
        """Keep it in `folder`, left out: beside the compiled modules of the program."""
        super().__init__(str(folder or Path(cache_from_source(__file__)).parent), "bundle-%s.compiled")

    def get_source_checksum(self, source: str) -> str:
        """Digest of the template and of the state of the code."""
        return super().get_source_checksum(f"{_state_of_the_code()}\n{source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept, nothing when it cannot be read: the template is compiled again."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, LookupError, AttributeError, ImportError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it; a folder that cannot be written to keeps nothing, which costs time alone."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


@lru_cache(maxsize=1)
def _state_of_the_code() -> str:
    """Time and size of each file, by which Python knows its own modules too; and the compiler's version."""
    files = [path for pattern in _CODE for path in sorted(ROOT.glob(pattern))]
    stats = [(path, path.stat()) for path in (*files, Path(jinja2.__file__))]
    return "\n".join(f"{path} {stat.st_mtime_ns} {stat.st_size}" for path, stat in stats)
