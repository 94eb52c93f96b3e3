"""Reading the list of services from a saved page of the support system.

Nothing is known of how that system writes its pages, so nothing here rests on its class names. Services are
found by what is stable: the shape of a service id, links to a detail page, labelled facts. When the page does
not add up (a stated number that was not read, a result without a name, two lists and no telling which) it is
refused with the reason: a guessed list would be worse than none.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from procurement.adapters.pages_blocks import find_blocks, id_keys, label_keys, link_keys
from procurement.adapters.pages_count import Stated, page_steps, stated_in
from procurement.adapters.pages_roles import ASIDE, OPEN, RESULT, is_one_list, section_type, set_roles
from procurement.adapters.pages_tables import Found, find_tables
from procurement.adapters.pages_text import page_text
from procurement.adapters.pages_tree import Node, build, lines_of
from procurement.adapters.pages_words import is_result_heading, other_page
from procurement.domain.catalogue import SERVICE_ID, ServiceRecord, reading_labels
from procurement.domain.counting import counted
from procurement.domain.errors import InvalidInput

_SAVE = "이용지원시스템에서 검색결과 화면을 끝까지 연 뒤 웹페이지(HTML)로 다시 저장해 올려 주세요."
_OWN_ADDRESS = re.compile(
    r"saved from url=\(\d+\)\S{1,500}|<link[^>]{1,200}canonical[^>]{1,500}|<meta[^>]{1,100}og:url[^>]{1,500}"
)


@dataclass(frozen=True)
class ParsedPage:
    """What a saved page says: its services in order, and how they were read.

    ``total_stated`` is the number of results that the page itself gives (larger than ``services`` when the
    results go on in other pages), ``layout`` a signature under which a mapping can be kept, ``notes`` Korean
    sentences for the person who compares the list with the file.
    """

    services: tuple[ServiceRecord, ...]
    total_stated: int | None
    encoding: str
    layout: str
    notes: tuple[str, ...]


def parse_result_page(
    data: bytes, *, declared_encoding: str | None = None, labels: Mapping[str, str] | None = None
) -> ParsedPage:
    """Read the services from a saved result page or detail page (HTML, MHTML, or its print as PDF).

    ``declared_encoding`` is what the server said, if anybody knows; ``labels`` what a person said of the
    page's header words (``pages_labels``). Raises InvalidInput, with the reason and what to do, when the file
    is no such page or cannot be read whole; TooLarge above 30 MB.
    """
    with reading_labels(labels or {}):
        return _parse(data, declared_encoding)


def _parse(data: bytes, declared_encoding: str | None) -> ParsedPage:
    html, encoding = page_text(data, declared_encoding)
    root, title = build(html)
    own_id = _page_id(html)
    groups, stated, text = _groups(root, own_id is not None)
    kept = [group for group in groups if group.role != ASIDE]
    if not kept:
        _expect_empty_result(root, title, text, stated)
        return ParsedPage((), 0, encoding, "empty", ("검색결과가 없다고 적힌 화면입니다.",))
    notes: list[str] = []
    chosen = _choose(kept, stated, notes)
    services = _without_repeats(chosen, notes)
    if len(services) == 1 and services[0].service_id is None:
        services = [replace(services[0], service_id=own_id)]
    _expect_a_search(root, title, text, stated, chosen, services)
    total = _check_total(services, stated, notes)
    if encoding == "pdf":
        _expect_sure_print(total, notes)
    _note_unknown(services, notes)
    return ParsedPage(tuple(services), total, encoding, _layout(chosen), tuple(notes))


def _groups(root: Node, has_id: bool) -> tuple[list[Found], Stated, str]:
    """The groups of services by the surest evidence on the page, and what the page states of them."""
    tables = find_tables(root)
    taken = {node for group in tables for node in group.nodes}
    outcome: tuple[list[Found], Stated, str] | None = None
    for own in (id_keys, link_keys, label_keys):
        blocks = [group for group in find_blocks(root, taken, own) if group.records or group.problems]
        groups = tables + blocks
        set_roles(root, groups)
        skipped = {node for group in groups for node in group.nodes}
        skipped |= {group.box for group in groups if group.role == ASIDE}
        runs, captions, pagers = page_steps(root, skipped)
        text = lines_of(root, skipped | pagers)
        stated = stated_in(text + "\n" + "\n".join(pager.text for pager in pagers), runs, captions)
        _take_back(groups, stated)
        _note_stray_ids(root, skipped, groups)
        outcome = outcome or (groups, stated, text)
        if own is not id_keys and not _is_sure(groups, stated, has_id):
            continue
        if any(group.role != ASIDE for group in groups):
            return groups, stated, text
    assert outcome is not None  # noqa: S101 - the loop runs three times
    return outcome


def _note_stray_ids(root: Node, skipped: set[Node], groups: list[Found]) -> None:
    """A service id outside everything that was read is a sign that something was missed."""
    read = {record.service_id for group in groups for record in group.records}
    stack = [root]
    stray: set[str] = set()
    while stack:
        node = stack.pop()
        if node not in skipped:
            stack.extend(node.elements)
            stray |= {one for one in node.ids if node.tag != "input" and one not in read and one in node.text}
    for group in groups:
        group.doubts += [f"읽지 못한 서비스 번호({one})가 있습니다." for one in sorted(stray)[:1]]


def _take_back(groups: list[Found], stated: Stated) -> None:
    """A class name alone does not outweigh the number of results that the page itself states."""
    if all(group.role == ASIDE for group in groups):
        for group in groups:
            if group.by_class and not group.problems and len(group.records) in stated.strongest:
                group.role = OPEN


def _is_sure(groups: list[Found], stated: Stated, has_id: bool) -> bool:
    """Services without an id are only taken when the page calls them results, or is the page of one."""
    kept = [group for group in groups if group.role != ASIDE and not group.problems]
    read = sum(len(group.records) for group in kept)
    called = read in stated.strongest or all(group.role == RESULT for group in kept)
    return bool(kept) and (called or (has_id and read == 1))


def _choose(groups: list[Found], stated: Stated, notes: list[str]) -> list[Found]:
    """The groups that are the result; raises InvalidInput when that cannot be told."""
    whole = [group for group in groups if not group.problems]
    options = [groups, [group for group in groups if group.role == RESULT]]
    options += [[g for g in whole if g.shape == shape] for shape in dict.fromkeys(g.shape for g in whole)]
    twice = _same_list_twice(whole)
    if twice is not None and len(whole) == len(groups):
        notes.append("같은 목록이 두 가지 모양으로 실려 있어 한 번만 읽었습니다.")
        return [twice]
    for option in options:
        if option and all(not group.problems for group in option) and _accounts_for(option, groups, stated):
            if len(option) < len(groups):
                notes.append("검색결과로 볼 수 없는 다른 서비스 묶음은 읽지 않았습니다.")
            return option
    problem = next((problem for group in groups for problem in group.problems), None)
    if problem:
        raise InvalidInput(f"검색결과를 빠짐없이 읽을 수 없습니다. {problem} {_SAVE}")
    if stated.strongest or (len(groups) == 1 and not groups[0].doubts):
        return groups
    doubt = next((doubt for group in groups for doubt in group.doubts), None)
    if doubt:
        raise InvalidInput(f"검색결과를 빠짐없이 읽었는지 알 수 없습니다. {doubt} {_SAVE}")
    raise InvalidInput(f"서비스 목록이 여러 개라 어느 것이 검색결과인지 알 수 없습니다. {_SAVE}")


def _accounts_for(option: list[Found], groups: list[Found], stated: Stated) -> bool:
    """Whether the option is the result: by the stated number, or because there is nothing else."""
    read = len({_identity(record) for group in option for record in group.records})
    if read in (*stated.strongest, sum(stated.strongest)) and stated.strongest:
        return True
    if stated.strongest and not stated.paged:
        return False
    called = all(group.role == RESULT for group in option)
    if not (option is groups or (stated.strongest and called)):
        return False
    return is_one_list(option) and not any(group.doubts for group in option)


def _identity(record: ServiceRecord) -> tuple[str | None, str]:
    return record.service_id, "" if record.service_id else record.service_name


def _same_list_twice(groups: list[Found]) -> Found | None:
    """The fuller of two groups that hold the same services in the same order (one for phones, say)."""
    if len(groups) != 2 or groups[0].shape == groups[1].shape:
        return None
    one, other = ([(r.service_id, r.service_name) for r in group.records] for group in groups)
    if one != other:
        return None
    return max(groups, key=lambda group: sum(v is not None for r in group.records for v in vars(r).values()))


def _without_repeats(groups: list[Found], notes: list[str]) -> list[ServiceRecord]:
    services: dict[tuple[str | None, str], ServiceRecord] = {}
    repeats = 0
    for group in groups:
        heading = section_type(group)
        for record in group.records:
            if heading and record.service_type is None:
                record = replace(record, service_type=heading)
            key = (
                record.service_id,
                "" if record.service_id else f"{record.service_name}/{record.provider_name}",
            )
            if key not in services:
                services[key] = record
            elif services[key] == record:
                repeats += 1
            else:
                raise InvalidInput(
                    f"‘{record.service_name}’ 서비스가 서로 다른 내용으로 두 번 나옵니다. {_SAVE}"
                )
    if repeats:
        notes.append(f"똑같이 되풀이된 {repeats}줄은 한 번만 읽었습니다.")
    return list(services.values())


def _expect_sure_print(total: int | None, notes: list[str]) -> None:
    """A print has no links and no hidden ids to check by: without a stated number it may be half a list."""
    if total is None:
        raise InvalidInput(
            "인쇄한 화면에 전체 건수가 적혀 있지 않아 빠짐없이 읽었는지 알 수 없습니다. "
            "같은 화면을 웹페이지(HTML)로 저장해 올려 주세요."
        )
    notes.append("PDF에 선으로 그려진 표를 읽었습니다. 두 줄로 나뉜 이름은 띄어쓰기를 원본과 대조해 주세요.")


def _check_total(services: list[ServiceRecord], stated: Stated, notes: list[str]) -> int | None:
    read = len(services)
    try:
        total = stated.total_for(read)
    except ValueError as error:
        raise InvalidInput(
            f"화면에는 {counted(error.args[0], 'service')}라고 적혀 있으나 "
            f"{counted(read, 'service')}만 읽혔습니다. {_SAVE}"
            if error.args[0] > read
            else f"화면에 적힌 {counted(error.args[0], 'service')}보다 많은 "
            f"{counted(read, 'service')}가 읽혔습니다. {_SAVE}"
        ) from error
    if total is not None and total > read:
        notes.append(
            f"전체 {counted(total, 'service')} 가운데 "
            f"이 파일에 있는 {counted(read, 'service')}를 읽었습니다. 나머지 쪽도 저장해 올려 주세요."
        )
    elif total is None and stated.paged:
        notes.append(
            "결과가 여러 쪽에 나뉘어 있고 전체 건수는 적혀 있지 않습니다. 나머지 쪽도 확인해 주세요."
        )
    return total


def _expect_empty_result(root: Node, title: str, text: str, stated: Stated) -> None:
    """Raise InvalidInput unless the page says that the search found nothing."""
    other = other_page(title, text, _has_password(root))
    if other is None and SERVICE_ID.search(text):
        raise InvalidInput(f"서비스 번호가 있으나 어느 서비스의 것인지 가려낼 수 없습니다. {_SAVE}")
    if other is None and (stated.empty or 0 in stated.strongest) and not any(stated.strongest):
        return
    if other:
        raise InvalidInput(f"검색결과 화면이 아니라 {other}으로 보입니다. {_SAVE}")
    if any(node.tag in {"frame", "frameset"} for node in root.walk()):
        raise InvalidInput(f"화면의 틀만 저장되어 내용이 없습니다. {_SAVE}")
    raise InvalidInput(f"검색결과 화면이 아닙니다. 서비스 목록을 찾을 수 없습니다. {_SAVE}")


def _expect_a_search(
    root: Node, title: str, text: str, stated: Stated, groups: list[Found], services: list[ServiceRecord]
) -> None:
    """Raise InvalidInput when services are named on a page that is not about a search or a service."""
    searched = bool(stated.found or stated.total or stated.parts) or any(g.role == RESULT for g in groups)
    searched = (
        searched or is_result_heading(title) or any(is_result_heading(line) for line in text.split("\n"))
    )
    if stated.empty and not stated.strongest:
        raise InvalidInput(f"검색결과가 없다는 안내와 서비스 목록이 함께 있어 읽지 않았습니다. {_SAVE}")
    if searched:
        return
    other = other_page(title, text, _has_password(root))
    if other:
        raise InvalidInput(f"검색결과 화면이 아니라 {other}으로 보입니다. {_SAVE}")
    if any(record.service_id is None for record in services):
        raise InvalidInput(f"검색결과 화면이라는 표시가 없습니다. {_SAVE}")
    if not any(record.provider_name or record.service_type or record.csap_grade for record in services):
        raise InvalidInput(f"서비스 이름만 있고 검색결과라는 표시가 없습니다. {_SAVE}")


def _has_password(root: Node) -> bool:
    return any(
        node.tag == "input" and node.attrs.get("type", "").lower() == "password" for node in root.walk()
    )


def _page_id(html: str) -> str | None:
    """The service id in the address of the page itself: the page of a service may have it nowhere else."""
    ids = {one for match in _OWN_ADDRESS.finditer(html[:20_000]) for one in SERVICE_ID.findall(match.group())}
    return ids.pop() if len(ids) == 1 else None


def _note_unknown(services: list[ServiceRecord], notes: list[str]) -> None:
    for title, missing in (
        ("서비스 번호를", sum(record.service_id is None for record in services)),
        ("제공자명을", sum(record.provider_name is None for record in services)),
    ):
        if missing:
            notes.append(
                f"{title} 알 수 없는 서비스가 {counted(missing, 'service')} 있습니다. 원본과 대조해 주세요."
            )


def _layout(groups: list[Found]) -> str:
    shapes = list(dict.fromkeys(group.shape for group in groups))
    return f"{shapes[0][:80]}#{hashlib.sha256('/'.join(shapes).encode()).hexdigest()[:12]}"
