"""The rules that hold between the parts of a path. One sentence for each breach, and where it is.

A path that is loaded from a file or from a learner's own text has passed all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from tracker.catalog.schema import Path

MIN_CRITERIA = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule: where (as pydantic writes a place: names and indexes) and what."""

    loc: tuple[str | int, ...]
    message: str


def problems_of(path: Path) -> list[Problem]:
    """All breaches of the rules, in the order of the file's parts."""
    found = [*_ranges(path), *_phases(path), *_keys(path), *_references(path), *_criteria(path)]
    # An unknown need would only be reported twice, and a double key makes the graph meaningless.
    return found or list(_cycle(path))


def _ranges(path: Path) -> Iterator[Problem]:
    if path.min_months > path.max_months:
        yield Problem(
            ("min_months",),
            f"The least months ({path.min_months}) are more than the most ({path.max_months}).",
        )
    if path.job_search_min_months > path.job_search_max_months:
        least, most = path.job_search_min_months, path.job_search_max_months
        yield Problem(
            ("job_search_min_months",),
            f"The job search's least months ({least}) are more than its most ({most}).",
        )


def _phases(path: Path) -> Iterator[Problem]:
    numbers = [phase.number for phase in path.phases]
    if numbers != list(range(1, len(numbers) + 1)) or not numbers:
        yield Problem(("phases",), f"The phases should be numbered 1, 2, 3 and so on in order, not {numbers}.")
    for index, milestone in enumerate(path.milestones):
        if milestone.phase not in numbers:
            yield Problem(
                ("milestones", index, "phase"),
                f"{milestone.key} is in phase {milestone.phase}, which is missing.",
            )
    filled = {milestone.phase for milestone in path.active}
    for index, phase in enumerate(path.phases):
        if phase.number not in filled:
            yield Problem(("phases", index), f"Phase {phase.number} ({phase.title}) has no milestones.")


def _keys(path: Path) -> Iterator[Problem]:
    if not path.starting_points:
        yield Problem(("starting_points",), "A path should have at least one starting point.")
    for name, keys in (
        ("milestones", [m.key for m in path.milestones]),
        ("phases", [p.key for p in path.phases]),
        ("starting_points", [s.key for s in path.starting_points]),
    ):
        for index, key in enumerate(keys):
            if key in keys[:index]:
                yield Problem((name, index), f"The key {key} is used twice.")
    for key, resource in path.resources.items():
        if key != resource.key:
            yield Problem(("resources", key), f"The resource {key} calls itself {resource.key}.")
    taken = {milestone.key for milestone in path.milestones}
    for index, milestone in enumerate(path.milestones):
        for old in milestone.formerly:
            if old in taken:
                yield Problem(
                    ("milestones", index, "formerly"),
                    f"{milestone.key} was not alone: {old} is used elsewhere too.",
                )
            taken.add(old)


def _references(path: Path) -> Iterator[Problem]:
    milestones = {m.key: m for m in path.milestones}
    points = {point.key for point in path.starting_points}
    for index, milestone in enumerate(path.milestones):
        here = ("milestones", index)
        for place, need in enumerate(milestone.needs):
            if need not in milestones:
                yield Problem((*here, "needs", place), f"{milestone.key} needs {need}, which is not a milestone.")
            elif milestones[need].retired and not milestone.retired:
                yield Problem((*here, "needs", place), f"{milestone.key} needs {need}, which is retired.")
        for place, key in enumerate(milestone.resources):
            if key not in path.resources:
                yield Problem(
                    (*here, "resources", place), f"{milestone.key} names {key}, which is not a resource here."
                )
        for key in milestone.by_starting_point:
            if key not in points:
                yield Problem(
                    (*here, "by_starting_point", key),
                    f"{milestone.key} names {key}, which is not a starting point.",
                )


def _criteria(path: Path) -> Iterator[Problem]:
    for index, milestone in enumerate(path.milestones):
        keys = [criterion.key for criterion in milestone.done_when]
        if len(keys) < MIN_CRITERIA:
            yield Problem(
                ("milestones", index, "done_when"),
                f"{milestone.key} should say at least {MIN_CRITERIA} things that show it is done.",
            )
        for place, key in enumerate(keys):
            if key in keys[:place]:
                yield Problem(("milestones", index, "done_when", place), f"{milestone.key} uses the key {key} twice.")


def _cycle(path: Path) -> Iterator[Problem]:
    try:
        TopologicalSorter({m.key: m.needs for m in path.milestones}).prepare()
    except CycleError as fault:
        circle: list[str] = fault.args[1]
        # graphlib gives the circle from the needed to the needing; it reads better the other way round.
        told = " needs ".join(reversed(circle))
        index = next(i for i, m in enumerate(path.milestones) if m.key in circle)
        yield Problem(("milestones", index, "needs"), f"Milestones need each other in a circle: {told}.")
