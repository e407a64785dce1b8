"""The only reader of the time. Everything else is handed ``now`` or ``today``."""

from __future__ import annotations

import datetime as dt
import functools
import zoneinfo


def now_utc() -> dt.datetime:
    """The present instant, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


@functools.cache
def zones() -> frozenset[str]:
    """Every zone that somebody may live in, by its IANA name; not those of machines without one."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"})


def local_date(instant: dt.datetime, timezone: str) -> dt.date:
    """The calendar day of ``instant`` for somebody who lives in ``timezone`` (an IANA name)."""
    return instant.astimezone(_zone(timezone)).date()


# The library itself remembers eight zones; learners live in hundreds, and each would be read from its file again.
_zone = functools.lru_cache(maxsize=1024)(zoneinfo.ZoneInfo)
