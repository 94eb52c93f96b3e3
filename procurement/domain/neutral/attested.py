"""Korean words that ordinary texts attest: nouns, adverbs, determiners, common verb forms.

A name that is one of these words is answered with review; a slip that ends up as one of them is no slip.
Which words they are is handed in once, before the first index of names is made (``adapters/korean_words``).
"""

from collections.abc import Iterable

ATTESTED: set[str] = set()
"""The words, folded; filled by ``know`` alone."""


def know(words: Iterable[str]) -> None:
    """Take ``words`` for attested from now on."""
    ATTESTED.update(words)
