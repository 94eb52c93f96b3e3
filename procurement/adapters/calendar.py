"""Deadlines as an iCalendar file (RFC 5545), which every calendar program reads."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

_NAMESPACE = uuid.UUID("4b8d6a0e-6d0f-5f0c-9d6e-2f5f0d3c7a11")


@dataclass(frozen=True)
class Entry:
    """A day in the calendar; ``key`` stays the same as long as it is the same deadline."""

    key: str
    title: str
    day: date
    note: str = ""
    url: str = ""


def calendar_file(name: str, entries: Iterable[Entry], stamp: datetime) -> bytes:
    """The file, in UTF-8. ``name`` is shown as the calendar's name; ``stamp`` is an aware time."""
    calendar = Calendar()
    calendar.add("prodid", "-//digital service contracts//KO")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", str(uuid.uuid5(_NAMESPACE, entry.key)))
        event.add("dtstamp", stamp)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        event.add("description", entry.note)
        if entry.url:
            event.add("url", entry.url)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
