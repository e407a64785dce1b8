"""The paths that are shipped: whole, alike in form, and true in what they say of their own hours."""

from __future__ import annotations

import pathlib

import pytest

from tests.people import path_of
from tracker.catalog.credit import shares
from tracker.catalog.loader import load_catalog
from tracker.catalog.schema import Catalog, Path

CATALOG = load_catalog(pathlib.Path(__file__).parents[2] / "seed_data" / "paths")
PATHS = tuple(CATALOG.paths.values())

# Learners' records hold these. A key may be added; one that is gone from here orphans somebody's work.
KEYS = {
    "data-scientist": """
python-for-data sql pandas-and-cleaning visualization-and-storytelling probability-and-statistics exploratory-report
tests-and-intervals regression-as-explanation ab-testing causal-reasoning business-metrics dashboards
experiment-or-study
supervised-learning evaluation-and-calibration clustering-and-dimension-reduction time-series text-and-embeddings
explainability-and-bias churn-or-demand checkpoint-present
reproducible-work deployed-app case-studies kaggle-entry interviews job-kit
""",
    "backend-developer": """
language-in-depth command-line-git-linux data-structures types-objects-tests http-and-networks command-line-tool
rest-api relational-databases transactions-and-migrations web-security caching-and-queues api-tests
api-with-postgresql
docker-and-compose ci-cd one-cloud logs-metrics-traces concurrency kubernetes-basics deployed-service
system-design open-source-contribution coding-interviews portfolio-pages job-kit
""",
}

# content.md, section 6
HOURS = {
    "ml-engineer": [260, 208, 260, 312],
    "data-scientist": [156, 208, 240, 176],
    "backend-developer": [168, 208, 208, 136],
}
MONTHS = {
    "ml-engineer": ["1–3", "4–7", "8–12", "13–18+"],
    "data-scientist": ["1–3", "4–7", "8–12", "13–15+"],
    "backend-developer": ["1–3", "4–7", "8–11", "12–14+"],
}


@pytest.fixture(params=PATHS, ids=[path.slug for path in PATHS])
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def hours_of(slug: str, starting_point: str, goal: str | None = None) -> list[float]:
    """What is left for this start, phase by phase."""
    path = path_of(CATALOG, slug)
    left = [s for s in shares(path, starting_point, goal=goal) if not s.known and not s.later]
    return [sum(s.hours for s in left if s.milestone.phase == phase.number) for phase in path.phases]


def test_three_paths_are_there(catalog: Catalog) -> None:
    assert list(catalog.paths) == ["backend-developer", "data-scientist", "ml-engineer"]


@pytest.mark.parametrize("slug", KEYS)
def test_the_milestones_are_there_under_their_permanent_keys(slug: str) -> None:
    assert [m.key for m in path_of(CATALOG, slug).active] == KEYS[slug].split()


def test_the_hours_of_each_phase_are_those_that_were_researched(path: Path) -> None:
    assert [sum(m.hours for m in path.in_phase(phase.number)) for phase in path.phases] == HOURS[path.slug]
    assert [phase.months for phase in path.phases] == MONTHS[path.slug]


def test_somebody_who_begins_at_nothing_is_credited_with_nothing(path: Path) -> None:
    assert hours_of(path.slug, "beginner") == HOURS[path.slug]


def test_the_range_reaches_from_the_nearest_start_to_zero(path: Path) -> None:
    """At 12 hours a week from the nearest start, at 10 from zero; in months of 52/12 weeks."""
    nearest = min(sum(hours_of(path.slug, point.key)) for point in path.starting_points)
    assert path.min_months == int(nearest / 12 / (52 / 12))
    assert path.max_months == round(path.hours / 10 / (52 / 12))


@pytest.mark.parametrize(
    ("slug", "starting_point", "hours", "in_part", "phases"),
    [
        ("ml-engineer", "backend-developer", 677, 545, (1, 2, 3)),
        ("ml-engineer", "data-scientist", 480, 442, (3, 4)),
        ("data-scientist", "ml-engineer", 345, 192, (2,)),
        ("data-scientist", "backend-developer", 609, 435, (2, 3)),
        ("backend-developer", "ml-engineer", 426, 294, (2, 3)),
        ("backend-developer", "data-scientist", 600, 372, (2, 3)),
    ],
)
def test_switching_takes_the_hours_that_the_guide_tells(
    slug: str, starting_point: str, hours: float, in_part: float, phases: tuple[int, ...]
) -> None:
    left = hours_of(slug, starting_point)
    assert sum(left) == hours
    assert sum(left[number - 1] for number in phases) == in_part
    guide = path_of(CATALOG, slug).guide
    assert guide
    told = " ".join(claim.text for claim in guide.comparisons[starting_point].carries_over)
    assert f"needs {hours} of the" in told


def test_what_two_paths_share_is_the_same_work_both_ways() -> None:
    shared = {
        tuple(sorted([(path.slug, milestone.key), (other.slug, same.key)]))
        for path in PATHS
        for milestone in path.active
        for other, same in CATALOG.same_work(path, milestone)
    }
    ml, ds, be = "ml-engineer", "data-scientist", "backend-developer"
    assert shared == {
        ((ds, "python-for-data"), (ml, "python-from-zero")),
        ((be, "language-in-depth"), (ml, "python-from-zero")),
        ((be, "language-in-depth"), (ds, "python-for-data")),
        ((ds, "reproducible-work"), (ml, "command-line-and-git")),
        ((be, "command-line-git-linux"), (ml, "command-line-and-git")),
        ((be, "command-line-git-linux"), (ds, "reproducible-work")),
        ((ds, "sql"), (ml, "sql")),
        ((ds, "probability-and-statistics"), (ml, "probability")),
        ((ds, "kaggle-entry"), (ml, "kaggle-competition")),
        ((be, "docker-and-compose"), (ml, "docker")),
        ((be, "types-objects-tests"), (ml, "software-engineering")),
        ((be, "open-source-contribution"), (ml, "open-source-contribution")),
    }


def test_each_path_has_the_other_two_as_starting_points(path: Path) -> None:
    """So that a comparison can say what carries over."""
    others = set(CATALOG.paths) - {path.slug}
    assert others <= {point.key for point in path.starting_points}
    assert path.guide
    assert set(path.guide.comparisons) == others


def test_every_milestone_says_what_every_starting_point_gets(path: Path) -> None:
    points = {point.key for point in path.starting_points}
    assert [m.key for m in path.milestones if set(m.by_starting_point) != points] == []


def test_the_first_three_phases_end_with_a_placement_test_that_nobody_is_credited_with(path: Path) -> None:
    placements = [m for m in path.milestones if m.placement]
    assert [m.phase for m in placements] == [1, 2, 3]
    assert all(path.in_phase(m.phase)[-1] == m for m in placements)
    assert {treatment for m in placements for treatment in m.by_starting_point.values()} == {"full"}
    assert not any(m.by_goal for m in placements)


def test_every_goal_moves_something_and_no_move_is_idle(path: Path) -> None:
    assert {goal for m in path.milestones for goal in m.by_goal} == {goal.key for goal in path.goals}
    for m in path.milestones:
        for goal, move in m.by_goal.items():
            waits = [m.can_wait(point.key) for point in path.starting_points]
            assert any(waits) if move == "take-in" else not all(waits), (m.key, goal)


def test_titles_are_short_and_unlike_each_other(path: Path) -> None:
    titles = [m.title for m in path.milestones]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(title) > 60] == []


def test_two_to_four_criteria_are_sentences_about_the_learner(path: Path) -> None:
    assert [m.key for m in path.milestones if not 2 <= len(m.done_when) <= 4] == []
    texts = [criterion.text for m in path.milestones for criterion in m.done_when]
    assert [text for text in texts if not text.endswith(".") or "[" in text] == []


def test_an_hour_figure_is_called_an_estimate_exactly_when_its_basis_says_so(path: Path) -> None:
    assert [m.key for m in path.milestones if m.estimate != m.hours_basis.startswith("Our own estimate")] == []


def test_every_resource_is_used(path: Path) -> None:
    assert set(path.resources) == {key for m in path.milestones for key in m.resources}


def test_needs_point_backwards_or_to_the_same_phase(path: Path) -> None:
    keys = [m.key for m in path.milestones]
    assert [m.key for m in path.milestones for need in m.needs if keys.index(need) > keys.index(m.key)] == []


def test_the_hours_a_week_of_the_stories_are_those_of_our_plan_in_their_months() -> None:
    guide = path_of(CATALOG, "ml-engineer").guide
    assert guide
    assert [(story.months, story.hours_per_week) for story in guide.stories.values()] == [
        (story.months, round(sum(hours_of("ml-engineer", story.starting_point)) / (story.months * 52 / 12), 1))
        for story in guide.stories.values()
    ]


def test_more_than_half_of_the_hours_are_estimates_as_the_guide_says() -> None:
    path = path_of(CATALOG, "ml-engineer")
    assert path.hours / 2 < sum(m.hours for m in path.active if m.estimate) < path.hours * 2 / 3
    assert path.guide
    assert "More than half of these hours" in path.guide.questions["how-long"].answer[-1].text


def test_every_skill_is_built_and_every_phase_builds_one(path: Path) -> None:
    assert path.guide
    skills = [*path.guide.skills.technical.values(), *path.guide.skills.soft.values()]
    built = {key for skill in skills for key in skill.milestones}
    phases = {m.phase for m in path.active if m.key in built}
    assert phases == {1, 2, 3, 4}
