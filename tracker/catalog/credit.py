"""What a starting point is credited with and what a goal moves. Pure: preview, enrolment and guide share it."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.catalog.schema import Milestone, Path

_CREDITED = frozenset({"known", "half", "half-later"})
_HALF = frozenset({"half", "half-later"})


class NoSuchChoice(ValueError):
    """A path has no such starting point, goal or milestone; ``sentence`` and ``values`` are its words in parts."""

    def __init__(self, sentence: str, **values: str) -> None:
        super().__init__(sentence % values)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True, slots=True)
class Share:
    """What is left of one milestone for one learner."""

    milestone: Milestone
    hours: float
    """Hours still to be learned; of a milestone that can wait, those it costs once it is taken in."""
    treatment: str
    """What the path file says for this starting point, whatever the learner then said or aims at."""
    known: bool
    half: bool
    later: bool
    """Outside the plan until the learner takes it in."""


def credited_keys(path: Path, starting_point: str) -> frozenset[str]:
    """The active milestones that this starting point is credited with, wholly or by half."""
    _require_starting_point(path, starting_point)
    return frozenset(m.key for m in path.active if m.treatment(starting_point) in _CREDITED)


def shares(
    path: Path, starting_point: str, known: frozenset[str] | None = None, goal: str | None = None
) -> tuple[Share, ...]:
    """Every active milestone with what is left of it, in the path's order.

    Without ``known`` the starting point's own credit counts. With it, exactly these keys are credited: half where
    the path credits half, wholly otherwise. A goal moves milestones into or out of what can wait. Raises NoSuchChoice
    naming an unknown starting point, goal or key.
    """
    if goal is not None and path.goal(goal) is None:
        raise NoSuchChoice("%(path)s has no goal called %(key)s.", path=path.title, key=goal)
    if known is None:
        credited = credited_keys(path, starting_point)
    else:
        _require_starting_point(path, starting_point)
        credited = _present_keys(path, known)
    return tuple(
        _share(m, m.treatment(starting_point), m.key in credited, m.can_wait(starting_point, goal)) for m in path.active
    )


def _share(milestone: Milestone, treatment: str, credited: bool, can_wait: bool) -> Share:
    half = credited and treatment in _HALF
    known = credited and not half
    hours = 0.0 if known else milestone.hours / 2 if half else milestone.hours
    return Share(milestone, hours, treatment, known, half, later=can_wait and not known)


def _require_starting_point(path: Path, key: str) -> None:
    if path.starting_point(key) is None:
        raise NoSuchChoice("%(path)s has no starting point called %(key)s.", path=path.title, key=key)


def _present_keys(path: Path, known: frozenset[str]) -> frozenset[str]:
    """The same milestones by their present keys: an old link may name one that was renamed since."""
    found = {key: path.milestone(key) for key in sorted(known)}
    for key, milestone in found.items():
        if milestone is None:
            raise NoSuchChoice("%(path)s has no milestone called %(key)s.", path=path.title, key=key)
    return frozenset(milestone.key for milestone in found.values() if milestone)
