"""What a failure of the database or the disk means for who met it: when to try again, or whom to tell."""

from __future__ import annotations

import errno
import re
import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from procurement.domain.errors import Conflict

CLASH = IntegrityError
"""What the database raises when a row breaks what it holds to."""

# What SQLite and PostgreSQL say of a key that is there already; any other constraint is broken by a fault.
_ONLY_ONCE = re.compile("UNIQUE constraint failed|duplicate key value")

BUSY = "지금 저장하려는 사람이 많아 차례가 오지 않았습니다. 저장된 것은 없습니다. 잠시 뒤 다시 보내 주세요."
FULL = (
    "서버의 저장 공간이 가득 차서 저장하지 못했습니다. 저장된 것은 없습니다. "
    "관리자에게 알려 공간을 늘린 뒤 다시 보내 주세요."
)
UNWRITABLE = (
    "서버의 저장 폴더에 쓸 수 없어 저장하지 못했습니다. 저장된 것은 없습니다. "
    "관리자에게 폴더의 쓰기 권한을 확인해 달라고 알린 뒤 다시 보내 주세요."
)
AWAY = (
    "데이터베이스에 닿을 수 없습니다. 저장된 것은 없습니다. "
    "잠시 뒤 다시 해 보고, 이어지면 관리자에게 알려 주세요."
)

_OF_DATABASES = (
    # Another writer, or two that wait for each other; the second try comes through.
    (re.compile("database is locked|deadlock detected|could not serialize|lock timeout"), BUSY),
    (re.compile("disk is full|No space left|could not extend file"), FULL),
    (re.compile("readonly database|read-only|disk I/O error|Permission denied"), UNWRITABLE),
)
_OF_DISKS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: UNWRITABLE,
    errno.EACCES: UNWRITABLE,
    errno.EPERM: UNWRITABLE,
    errno.EIO: UNWRITABLE,
}


def conflict_of(clash: IntegrityError) -> Conflict | None:
    """The conflict that two have who wanted at the same moment what can be there only once.

    ``None`` for any other constraint.
    """
    if not _ONLY_ONCE.search(str(clash.orig)):
        return None
    return Conflict(
        "그사이 다른 사람이 같은 일을 먼저 저장해서 이 내용은 저장하지 않았습니다. "
        "이전 쪽으로 돌아가 새로 고친 뒤 다시 확인해 주세요."
    )


def outage_of(failure: BaseException | None) -> str:
    """The sentence for a failure of what the program stands on; ``""`` for a fault of the program itself."""
    if isinstance(failure, PoolTimeout):
        return BUSY
    # Taking the turn to write asks the driver itself (``extensions``), whose errors nobody wraps.
    if isinstance(failure, DBAPIError | sqlite3.Error) and not isinstance(failure, IntegrityError):
        said = str(failure)
        known = next((sentence for sign, sentence in _OF_DATABASES if sign.search(said)), "")
        lost = isinstance(failure, DBAPIError) and failure.connection_invalidated
        return known or (AWAY if lost or "connect" in said else "")
    return _OF_DISKS.get(failure.errno or 0, "") if isinstance(failure, OSError) else ""
