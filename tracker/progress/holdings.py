"""What a learner holds of a path, under its present keys: pure, so that pages, mail and services share it.

Rows name the keys of their time. A renamed milestone has its rows under a former key; a merged one stays the sum of
its parts while the plan still names them one by one; and the same work on another path counts here, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from tracker.catalog.schema import Milestone, Path
from tracker.planning import Planned

Place = tuple[str, str]
"""The slug of a path and the key of a milestone, as a row has them."""
Carried = tuple[str, float, str]
"""Key, hours and the day on which they were earned."""
T = TypeVar("T")


class StateRow(NamedTuple):
    """The present state of one milestone."""

    state: str
    done_on: dt.date | None
    changed_at: dt.datetime
    carried: tuple[tuple[dt.date, float], ...] = ()
    """Of a milestone that was merged from several: days and hours of those parts that are done."""


def places(path: Path, milestone: Milestone) -> tuple[Place, ...]:
    """Where rows about this work may be: here under all its names, and on the paths that share it."""
    return (*((path.slug, name) for name in milestone.names), *path.twins.get(milestone.key, ()))


def parts(milestone: Milestone, planned: Container[str]) -> tuple[str, ...]:
    """The keys under which its state is set: its own, or those of its parts while the plan has several of them."""
    several = tuple(name for name in milestone.names if name in planned) if milestone.formerly else ()
    return several if len(several) > 1 else (milestone.key,)


def held(
    path: Path, planned: Mapping[str, float], rows: Mapping[Place, StateRow], carried: Sequence[Carried] = ()
) -> dict[str, StateRow]:
    """The state of each milestone on which there is any row; ``planned`` are the hours of the plan in force.

    ``carried`` are parts of milestones that were merged when this plan was made.
    """
    here = {key: row for (slug, key), row in rows.items() if slug == path.slug}
    states = {milestone.key: here[milestone.key] for milestone in path.plain if milestone.key in here}
    for milestone in path.involved:
        row = seen(path, milestone, planned, rows)
        if row is not None:
            states[milestone.key] = row
    for former, hours, done_on in carried:
        merged = path.milestone(former)
        row = states.get(merged.key) if merged else None
        if merged and row is not None and row.state == "doing":
            part = (dt.date.fromisoformat(done_on), float(hours))
            states[merged.key] = row._replace(carried=(*row.carried, part))
    return states


def seen(
    path: Path, milestone: Milestone, planned: Mapping[str, float], rows: Mapping[Place, StateRow]
) -> StateRow | None:
    """The state of one milestone; None where nothing is on record."""
    several = parts(milestone, planned)
    own = (
        _merged([(rows.get((path.slug, key)), planned[key]) for key in several])
        if len(several) > 1
        else _renamed(path, milestone, rows)
    )
    return _shared(own, [rows[place] for place in path.twins.get(milestone.key, ()) if place in rows])


def _renamed(path: Path, milestone: Milestone, rows: Mapping[Place, StateRow]) -> StateRow | None:
    own = rows.get((path.slug, milestone.key))
    if own is not None:
        return own
    former = [rows[path.slug, name] for name in milestone.formerly if (path.slug, name) in rows]
    return max(former, key=lambda row: (row.state == "done", row.changed_at), default=None)


def _merged(of_parts: Sequence[tuple[StateRow | None, float]]) -> StateRow | None:
    """Done when all of its parts are; begun when one is, with the hours of that one earned."""
    there = [row for row, _ in of_parts if row is not None]
    if not there:
        return None
    states = [row.state if row else "todo" for row, _ in of_parts]
    changed_at = max(row.changed_at for row in there)
    if not {"todo", "doing"} & set(states):
        state = next(state for state in ("done", "skipped", "known") if state in states)
        done_on = max((row.done_on for row in there if row.done_on), default=None)
        return StateRow(state, done_on if state == "done" else None, changed_at)
    done = tuple((row.done_on, hours) for row, hours in of_parts if row and row.state == "done" and row.done_on)
    return StateRow("doing" if done or "doing" in states else "todo", None, changed_at, carried=done)


def _shared(own: StateRow | None, elsewhere: Sequence[StateRow]) -> StateRow | None:
    """Of the same work on several paths, what was said last. To leave it out is a matter of one path alone."""
    said = [row for row in elsewhere if row.state != "skipped"]
    if own is None:  # that it is open elsewhere says nothing about what is credited here
        said = [row for row in said if row.state != "todo"]
    newest = max(said, key=lambda row: row.changed_at, default=None)
    if newest is None or (own is not None and own.changed_at >= newest.changed_at):
        return own
    return newest._replace(carried=())


def present(path: Path, found: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """Things by key, under the present keys; what the path does not know any more is left out."""
    for key, value in found.items():
        milestone = path.milestone(key)
        if milestone is not None:
            yield milestone.key, value


def present_keys(path: Path, keys: Iterable[str]) -> frozenset[str]:
    """These keys as they are called now."""
    given = frozenset(keys)
    if given <= path.present_keys:  # nearly always
        return given
    return frozenset(key for key, _ in present(path, dict.fromkeys(given)))


def present_rows(path: Path, rows: Sequence[Planned]) -> tuple[Planned, ...]:
    """The rows of a plan under the present keys; parts of one milestone become one row, where the last of them was."""
    if path.present_keys.issuperset([row.key for row in rows]):  # nearly always
        return tuple(rows)
    merged: dict[str, Planned] = {}
    for row in rows:
        milestone = path.milestone(row.key)
        key = milestone.key if milestone else row.key
        before = merged.pop(key, None)
        merged[key] = _joined(key, before, row) if before else row if key == row.key else row._replace(key=key)
    return tuple(merged.values())


def _joined(key: str, one: Planned, other: Planned) -> Planned:
    return Planned(key, one.hours + other.hours, min(one.starts_on, other.starts_on), max(one.due_on, other.due_on))
