"""For every route that changes something: a request that does, so that its event can be counted.

A route belongs into one of these modules or, with a reason, into ``APPENDS_NOTHING``.
"""

from tests.support.examples import contract, office, search, selection, use
from tests.support.examples.base import Example, Request

EXAMPLES: dict[str, Example] = {
    endpoint: example
    for module in (office, search, selection, contract, use)
    for endpoint, example in module.EXAMPLES.items()
}

__all__ = ["EXAMPLES", "Example", "Request"]
