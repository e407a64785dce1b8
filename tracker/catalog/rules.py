"""The rules that hold between the parts of a path. One sentence for each breach, and where it is.

A path that is loaded from a file or from a learner's own text has passed all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from tracker.catalog.guide import Skill
from tracker.catalog.schema import OWN, Path
from tracker.catalog.values import Value

MIN_CRITERIA = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """A broken rule: where (as pydantic writes a place: names and indexes) and what."""

    loc: tuple[str | int, ...]
    message: str


def problems_of(path: Path) -> list[Problem]:
    """All breaches of the rules, in the order of the file's parts."""
    rules = (_ranges, _phases, _keys, _references, _learners, _criteria, _labels, _guide)
    found = [problem for rule in rules for problem in rule(path)]
    # An unknown need would only be reported twice, and a double key makes the graph meaningless.
    return found or list(_cycle(path))


def problems_between(paths: Mapping[str, Path]) -> Mapping[str, list[Problem]]:
    """Breaches of the rules that hold between the paths of a whole site, by slug."""
    labels = [m.shared for path in paths.values() for m in path.milestones if m.shared]
    found: dict[str, list[Problem]] = {}
    for path in paths.values():
        for index, milestone in enumerate(path.milestones):
            if milestone.shared and labels.count(milestone.shared) == 1:
                said = f"{milestone.key} bears the label {milestone.shared}, which no other path has."
                found.setdefault(path.slug, []).append(Problem(("milestones", index, "shared"), said))
        for other in path.guide.comparisons if path.guide else ():
            if other not in paths:
                said = f"The guide compares with {other}, which is not a path here."
                found.setdefault(path.slug, []).append(Problem(("guide", "comparisons", other), said))
    return found


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
        ("goals", [g.key for g in path.goals]),
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
    for index, milestone in enumerate(path.milestones):
        here = ("milestones", index)
        if any(name.startswith(OWN) for name in milestone.names):
            yield Problem(here, f"{milestone.key}: keys that begin with {OWN} are for what learners add themselves.")
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


def _learners(path: Path) -> Iterator[Problem]:
    for index, milestone in enumerate(path.milestones):
        for field, keys, known, what in (
            ("by_starting_point", milestone.by_starting_point, path.starting_point, "a starting point"),
            ("by_goal", milestone.by_goal, path.goal, "a goal"),
        ):
            for key in keys:
                if known(key) is None:
                    said = f"{milestone.key} names {key}, which is not {what}."
                    yield Problem(("milestones", index, field, key), said)


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


def _labels(path: Path) -> Iterator[Problem]:
    borne: dict[str, str] = {}
    for index, milestone in enumerate(path.milestones):
        if milestone.shared is None:
            continue
        if milestone.shared in borne:
            said = f"{milestone.key} and {borne[milestone.shared]} bear the same label, {milestone.shared}."
            yield Problem(("milestones", index, "shared"), said)
        borne[milestone.shared] = milestone.key


def _guide(path: Path) -> Iterator[Problem]:
    guide = path.guide
    if guide is None:
        return
    for place, source in _sources_named(guide, ("guide",)):
        if source not in guide.sources:
            yield Problem(place, f"The guide names {source}, which is not one of its sources.")
    yield from _skills(path, guide.skills.technical, "technical")
    yield from _skills(path, guide.skills.soft, "soft")
    for name, story in guide.stories.items():
        if path.starting_point(story.starting_point) is None:
            said = f"The story {name} names {story.starting_point}, which is not a starting point."
            yield Problem(("guide", "stories", name, "starting_point"), said)
    if path.slug in guide.comparisons:
        yield Problem(("guide", "comparisons", path.slug), "The guide compares the path with itself.")


def _skills(path: Path, skills: Mapping[str, Skill], group: str) -> Iterator[Problem]:
    for name, skill in skills.items():
        for index, key in enumerate(skill.milestones):
            here = ("guide", "skills", group, name, "milestones", index)
            milestone = path.milestone(key)
            if milestone is None:
                yield Problem(here, f"The skill {name} names {key}, which is not a milestone.")
            elif milestone.retired:
                yield Problem(here, f"The skill {name} names {key}, which is retired.")


def _sources_named(value: object, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every `source` in this part of a guide, and where it is."""
    if isinstance(value, Value):
        for name in type(value).model_fields:
            part = getattr(value, name)
            if name == "source":
                yield (*place, name), part
            else:
                yield from _sources_named(part, (*place, name))
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _sources_named(part, (*place, name))
    elif isinstance(value, tuple):
        for index, part in enumerate(value):
            yield from _sources_named(part, (*place, index))


def _cycle(path: Path) -> Iterator[Problem]:
    try:
        TopologicalSorter({m.key: m.needs for m in path.milestones}).prepare()
    except CycleError as fault:
        circle: list[str] = fault.args[1]
        # graphlib gives the circle from the needed to the needing; it reads better the other way round.
        told = " needs ".join(reversed(circle))
        index = next(i for i, m in enumerate(path.milestones) if m.key in circle)
        yield Problem(("milestones", index, "needs"), f"Milestones need each other in a circle: {told}.")
