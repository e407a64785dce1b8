"""What a starting point is credited with, and what is left."""

from __future__ import annotations

import pathlib

import pytest

from tests.catalog.small_path import broken
from tracker.catalog.credit import Share, credited_keys, shares
from tracker.catalog.loader import load_catalog, load_path
from tracker.catalog.schema import Path

FOLDER = pathlib.Path(__file__).parents[2] / "seed_data" / "paths"


@pytest.fixture(scope="module")
def path() -> Path:
    found = load_catalog(FOLDER).path("ml-engineer")
    assert found is not None
    return found


def planned_hours(parts: tuple[Share, ...]) -> float:
    return sum(part.hours for part in parts if not part.known and not part.later)


def share_of(parts: tuple[Share, ...], key: str) -> Share:
    return next(part for part in parts if part.milestone.key == key)


@pytest.mark.parametrize(
    ("starting_point", "hours", "can_wait"),
    [
        ("beginner", 1040, 0),
        ("backend-developer", 677, 82),
        ("data-analyst", 778, 82),
        ("researcher", 549, 176),
        ("data-scientist", 480, 14),
    ],
)
def test_the_hours_left_are_those_that_were_researched(
    path: Path, starting_point: str, hours: float, can_wait: float
) -> None:
    parts = shares(path, starting_point)
    assert planned_hours(parts) == hours
    assert sum(part.hours for part in parts if part.later) == can_wait


def test_shares_come_in_the_paths_order_one_for_each_milestone(path: Path) -> None:
    assert [part.milestone for part in shares(path, "researcher")] == list(path.active)


def test_naming_the_credited_keys_oneself_changes_nothing(path: Path) -> None:
    for point in path.starting_points:
        assert shares(path, point.key, credited_keys(path, point.key)) == shares(path, point.key)


def test_crediting_nothing_leaves_full_hours_but_what_can_wait_still_waits(path: Path) -> None:
    parts = shares(path, "backend-developer", frozenset())
    assert all(part.hours == part.milestone.hours and not part.known and not part.half for part in parts)
    assert {part.milestone.key for part in parts if part.later} >= {"vertex-ai", "kubeflow"}


@pytest.mark.parametrize(
    ("key", "listed", "hours", "known", "half", "later"),
    [
        ("numpy", True, 5, False, True, False),  # half
        ("numpy", False, 10, False, False, False),
        ("docker", True, 0, True, False, False),  # known
        ("docker", False, 28, False, False, False),
        ("kubeflow", True, 12, False, True, True),  # half-later
        ("kubeflow", False, 24, False, False, True),
        ("vertex-ai", True, 0, True, False, False),  # later
        ("vertex-ai", False, 14, False, False, True),
        ("calculus", True, 0, True, False, False),  # full: the learner says that they know it
        ("calculus", False, 22, False, False, False),
    ],
)
def test_each_treatment_counts_as_its_rule_says(
    path: Path, key: str, listed: bool, hours: float, known: bool, half: bool, later: bool
) -> None:
    parts = shares(path, "backend-developer", frozenset({key} if listed else ()))
    part = share_of(parts, key)
    assert (part.hours, part.known, part.half, part.later) == (hours, known, half, later)


def test_a_beginner_is_credited_with_nothing(path: Path) -> None:
    assert credited_keys(path, "beginner") == frozenset()


def test_what_is_known_half_or_half_later_is_credited(path: Path) -> None:
    credited = credited_keys(path, "backend-developer")
    assert {"docker", "numpy", "kubeflow"} <= credited
    assert not {"vertex-ai", "calculus", "checkpoint-foundations"} & credited


def test_without_a_goal_nothing_is_moved(path: Path) -> None:
    assert shares(path, "backend-developer", goal=None) == shares(path, "backend-developer")


@pytest.mark.parametrize(
    ("goal", "hours", "taken_in", "waits"),
    [
        ("first-job", 585, {"portfolio", "open-source-contribution"}, set()),
        ("present-job", 523, {"model-monitoring"}, {"job-kit", "kaggle-competition"}),
        ("text", 539, {"spam-classifier"}, {"transfer-learning", "specialization"}),
        ("vision", 523, set(), {"rnns", "specialization"}),
        (
            "operations",
            603,
            {"kubeflow", "vertex-ai", "sagemaker", "model-monitoring", "ml-system-design"},
            {"rnns", "specialization", "kaggle-competition"},
        ),
    ],
)
def test_a_goal_moves_milestones_into_and_out_of_what_can_wait(
    path: Path, goal: str, hours: float, taken_in: set[str], waits: set[str]
) -> None:
    before, after = shares(path, "researcher"), shares(path, "researcher", goal=goal)
    assert planned_hours(after) == hours
    waited = {part.milestone.key for part in before if part.later}
    waiting = {part.milestone.key for part in after if part.later}
    assert (waited - waiting, waiting - waited) == (taken_in, waits)


def test_a_goal_credits_nothing_and_takes_no_credit(path: Path) -> None:
    for goal in path.goals:
        before, after = shares(path, "backend-developer"), shares(path, "backend-developer", goal=goal.key)
        assert [(p.known, p.half, p.hours) for p in after] == [(p.known, p.half, p.hours) for p in before]


def test_what_is_taken_in_by_a_goal_keeps_its_half_credit(path: Path) -> None:
    part = share_of(shares(path, "backend-developer", goal="operations"), "kubeflow")
    assert (part.hours, part.half, part.later) == (12, True, False)


def test_what_is_known_never_waits(path: Path) -> None:
    part = share_of(shares(path, "beginner", frozenset({"job-kit"}), "present-job"), "job-kit")
    assert (part.known, part.later) == (True, False)


def test_an_unknown_goal_is_named(path: Path) -> None:
    with pytest.raises(ValueError, match="no goal called fame"):
        shares(path, "beginner", goal="fame")


def test_an_unknown_starting_point_is_named(path: Path) -> None:
    with pytest.raises(ValueError, match="no starting point called astronaut"):
        shares(path, "astronaut")
    with pytest.raises(ValueError, match="no starting point called astronaut"):
        shares(path, "astronaut", frozenset())
    with pytest.raises(ValueError, match="no starting point called astronaut"):
        credited_keys(path, "astronaut")


def test_an_unknown_milestone_is_named(path: Path) -> None:
    with pytest.raises(ValueError, match="no milestone called cobol"):
        shares(path, "beginner", frozenset({"docker", "cobol"}))


def test_a_milestone_may_be_named_as_it_was_once_called() -> None:
    small = load_path(broken("needs: [mixing]", "formerly: [oven-work]"), "baker.yaml")
    assert share_of(shares(small, "beginner", frozenset({"oven-work"})), "baking").known


def test_a_retired_milestone_has_no_share_and_does_no_harm_when_named() -> None:
    small = load_path(broken("needs: [mixing]", "retired: true"), "baker.yaml")
    assert [part.milestone.key for part in shares(small, "beginner", frozenset({"baking"}))] == ["mixing"]


def test_a_starting_point_that_a_milestone_does_not_mention_gets_full_hours() -> None:
    small = load_path(broken("{beginner: full}", "{}"), "baker.yaml")
    assert planned_hours(shares(small, "beginner")) == 30
