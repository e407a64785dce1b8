"""The picture: points and words inside its frame, lines going forward, at every stage of a learner's way."""

from __future__ import annotations

import datetime as dt
import itertools
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.language import speaking
from tracker.models import User
from tracker.progress import services
from tracker.progress.points import APART, NARROWEST
from tracker.progress.queries import overview
from tracker.progress.scale import BOTTOM, TOP
from tracker.progress.timeline import Timeline, timeline
from tracker.progress.window import ZOOMS

DAY = dt.timedelta(days=1)
DOT = 7
"""Pixels from the middle of a point that is looked at to its edge."""


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def drawn(
    session: Session, catalog: Catalog, *, hours: float, ticked: int, day: dt.date, zoom: str = "all"
) -> Timeline:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user, hours_per_week=hours)
    return seen(session, catalog, user, ticked, day, zoom)


def drawn_again(session: Session, catalog: Catalog, *, hours: float) -> Timeline:
    user = make_user(session, "hopper@example.org")
    enrol(session, catalog, user, hours_per_week=hours)
    return seen(session, catalog, user, 0, TODAY)


def seen(session: Session, catalog: Catalog, user: User, ticked: int, day: dt.date, zoom: str = "all") -> Timeline:
    path = path_of(catalog)
    for number, milestone in enumerate(path.active[:ticked]):
        on = min(day, TODAY + number * 7 * DAY)
        services.tick(
            session, user_id=user.id, path=path, key=milestone.key, state="done", today=day, now=NOW, done_on=on
        )
    return timeline(overview(session, user_id=user.id, path=path, today=day), zoom=zoom)


STAGES = {
    "before the start": (12, 0, TODAY - 40 * DAY),
    "the first day": (12, 0, TODAY),
    "on the way": (12, 20, TODAY + 150 * DAY),
    "far behind": (12, 3, TODAY + 500 * DAY),
    "beyond the frame": (1, 0, TODAY + 900 * DAY),
    "in a hurry": (80, 10, TODAY + 20 * DAY),
    "all done": (12, 60, TODAY + 430 * DAY),
}
at_every_stage = pytest.mark.parametrize(("hours", "ticked", "day"), STAGES.values(), ids=STAGES)
in_every_part = pytest.mark.parametrize("zoom", ZOOMS)


@in_every_part
@at_every_stage
def test_points_and_words_lie_inside_the_frame(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date, zoom: str
) -> None:
    picture = drawn(session, catalog, hours=hours, ticked=ticked, day=day, zoom=zoom).picture
    if picture.today:
        assert 0 <= picture.today[0] <= 100
        assert TOP <= picture.today[1] <= BOTTOM
    for spot in picture.spots:
        assert 0 <= spot.x <= 100
        assert TOP <= spot.y <= BOTTOM
        left = spot.x * NARROWEST / 100 + spot.box.dx
        assert left >= -30
        assert left + spot.box.width <= NARROWEST + 30
        assert spot.y + spot.box.dy >= 0
        above, under = spot.box.dy + spot.box.height <= -DOT, spot.box.dy >= DOT
        assert above or under or spot.box.dx + spot.box.width <= -DOT, "a box lies upon its own point"
    stretches = [(bar.x, bar.width) for bar in picture.bars]
    bands = [*picture.pauses, *picture.search, *(bar.real for bar in picture.bars if bar.real)]
    for x, width in [*stretches, *((band.x, band.width) for band in bands)]:
        assert 0 <= x <= x + width <= 100.01
    for words in (picture.wide, picture.narrow):
        every = [*words.months, *words.edges, *words.phases, words.goal, words.today]
        assert all(0 <= label.x <= 100 for label in every if label)


@at_every_stage
def test_all_of_the_way_fits_into_the_picture_of_all_of_it(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date
) -> None:
    picture = drawn(session, catalog, hours=hours, ticked=ticked, day=day).picture
    assert all(-0.1 <= x <= 1000.1 and -0.1 <= y <= BOTTOM - TOP + 0.1 for x, y in points(picture.actual))
    assert picture.today
    assert all(y >= -0.1 for line in (picture.plan, picture.cone, picture.median) for _, y in points(line))


@in_every_part
@at_every_stage
def test_time_goes_forward_and_nothing_is_undone(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date, zoom: str
) -> None:
    picture = drawn(session, catalog, hours=hours, ticked=ticked, day=day, zoom=zoom).picture
    for line in (picture.plan, picture.actual, picture.median):
        way = points(line)
        assert [x for x, _ in way] == sorted(x for x, _ in way)
        assert [y for _, y in way] == sorted((y for _, y in way), reverse=True)


@in_every_part
@at_every_stage
def test_two_points_are_never_so_near_that_a_finger_meets_both(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date, zoom: str
) -> None:
    spots = drawn(session, catalog, hours=hours, ticked=ticked, day=day, zoom=zoom).picture.spots
    for one, other in itertools.combinations(spots, 2):
        across = (one.x - other.x) * NARROWEST / 100
        assert (across**2 + (one.y - other.y) ** 2) ** 0.5 >= APART


@in_every_part
@at_every_stage
def test_labels_do_not_run_into_each_other(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date, zoom: str
) -> None:
    picture = drawn(session, catalog, hours=hours, ticked=ticked, day=day, zoom=zoom).picture
    for words, width in ((picture.wide, 860), (picture.narrow, NARROWEST)):
        places = [label.x * width / 100 for label in words.months[:-1]]
        assert min((b - a for a, b in itertools.pairwise(places)), default=99) > 54
        for row in (0, 1, 2):
            named = [label for label in (*words.phases, words.goal) if label and label.row == row]
            begins = [
                (label.x * width / 100 - (len(label.text) * 6.4 if label.anchor == "end" else 0), label)
                for label in named
            ]
            ends = [(begin + len(label.text) * 6.4, begin) for begin, label in sorted(begins, key=lambda one: one[0])]
            assert all(end <= begin for (end, _), (_, begin) in itertools.pairwise(ends))


def test_every_milestone_with_a_day_is_in_a_point_and_has_its_words(session: Session, catalog: Catalog) -> None:
    drawing = drawn(session, catalog, hours=12, ticked=20, day=TODAY + 150 * DAY)
    count = 0
    for spot in drawing.picture.spots:
        many = re.match(r"(\d+) milestones$", spot.words[0])
        count += int(many.group(1)) if many else 1
        assert spot.several is bool(many)
        if not many:
            milestone = path_of(catalog).milestone(spot.key)
            assert milestone
            assert spot.words[0] == milestone.title
            assert re.match(r"(done|due) |\d+ days? late", spot.words[1])
    assert count == len(path_of(catalog).active)


def test_what_is_late_is_told_apart(session: Session, catalog: Catalog) -> None:
    spots = drawn(session, catalog, hours=12, ticked=3, day=TODAY + 500 * DAY, zoom="phase").picture.spots
    late = [spot for spot in spots if spot.state == "late"]
    assert late
    assert spots[: len(late)] == tuple(late), "drawn first, so that they lie upon nobody's words"
    assert any("late" in line or "not done yet" in line for spot in late for line in spot.words)


def test_parts_of_the_way_show_that_part(session: Session, catalog: Catalog) -> None:
    day = TODAY + 150 * DAY
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user)
    whole, phase, quarter = (seen(session, catalog, user, 20, day, zoom) for zoom in ZOOMS)
    view = overview(session, user_id=user.id, path=path_of(catalog), today=day)
    mine = {item.key for item in view.current_phase.items}
    assert mine <= {stop.key for stop in phase.stops}
    soon = {
        item.key for item in view.items if item.state != "done" and item.due_on and day <= item.due_on <= day + 92 * DAY
    }
    assert soon
    assert soon <= {stop.key for stop in quarter.stops}
    assert not any(stop.key for stop in whole.stops), "the whole way names phases, and milestones within them"
    assert all(stop.on <= day + 92 * DAY for stop in quarter.stops)


def test_a_part_that_there_is_not_is_the_whole(session: Session, catalog: Catalog) -> None:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user)
    assert seen(session, catalog, user, 0, TODAY, "<script>") == seen(session, catalog, user, 0, TODAY, "all")


@in_every_part
@at_every_stage
def test_the_list_of_a_phone_goes_from_the_first_day_to_the_last(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date, zoom: str
) -> None:
    stops = drawn(session, catalog, hours=hours, ticked=ticked, day=day, zoom=zoom).stops
    assert [stop.on for stop in stops] == sorted(stop.on for stop in stops)
    kinds = [stop.kind for stop in stops]
    assert kinds.count("today") == (0 if ticked == 60 else 1)
    if zoom == "all":
        assert kinds.count("phase") == 4
        assert kinds[0] in ("start", "done"), "what was done before the plan began comes before its start"
        assert "search" in kinds


def test_a_short_first_phase_keeps_its_name_one_row_lower(session: Session, catalog: Catalog) -> None:
    words = drawn(session, catalog, hours=12, ticked=0, day=TODAY).picture.wide
    assert [label.text for label in words.phases] == [phase.short_title for phase in path_of(catalog).phases]
    hurried = drawn_again(session, catalog, hours=20).picture.wide
    assert not hurried.numbered
    assert {label.row for label in hurried.phases} == {0, 1}


def test_where_names_do_not_fit_all_have_numbers_and_are_named_below(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user, hours_per_week=20)
    drawing = seen(session, catalog, user, 0, TODAY)
    assert drawing.picture.narrow.numbered
    assert [label.text for label in drawing.picture.narrow.phases] == ["1", "2", "3", "4"]
    log_in(client, user)
    page = client.get("/dashboard").text
    assert '<p class="phase-names if-narrow">' in page
    assert '<p class="phase-names if-wide">' not in page


def test_a_plan_beyond_the_frame_leaves_it_and_does_not_rise_at_its_edge(session: Session, catalog: Catalog) -> None:
    picture = drawn(session, catalog, hours=1, ticked=0, day=TODAY).picture
    (x1, y1), (x2, y2) = next(
        (one, other) for one, other in itertools.pairwise(points(picture.plan)) if one[0] <= 1000 <= other[0]
    )
    at_the_edge = y1 + (y2 - y1) * (1000 - x1) / (x2 - x1)
    assert at_the_edge > 100, "it is cut off low, on its way"
    assert len(picture.bars) < 4, "a phase that begins outside is not drawn on the edge"


def test_a_forecast_far_wider_than_the_way_leaves_the_picture(session: Session, catalog: Catalog) -> None:
    picture = drawn(session, catalog, hours=12, ticked=1, day=TODAY + 300 * DAY).picture
    assert max(x for x, _ in points(picture.cone)) > 1000
    assert picture.today
    assert picture.today[0] > 100 / 6, "the way itself stays legible"


def test_months_stand_at_their_first_day(session: Session, catalog: Catalog) -> None:
    user = make_user(session, "grace@example.org")
    start = dt.date(TODAY.year + 1, 1, 20)
    enrol(session, catalog, user, start_on=start)
    view = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)
    with speaking("de_DE"):
        first = timeline(view).picture.wide.months[0]
    assert first.text == f"Feb. {start.year}"
    # 12 days of a width of some two years
    assert 0.9 < first.x < 2.3


def test_who_has_finished_has_no_forecast_left(session: Session, catalog: Catalog) -> None:
    drawing = drawn(session, catalog, hours=12, ticked=60, day=TODAY + 430 * DAY)
    assert drawing.picture.cone == drawing.picture.median == ""
    assert drawing.picture.today
    assert drawing.picture.today[1] == TOP
    assert all(bar.finished for bar in drawing.picture.bars)
    assert not {"today", "forecast"} & {stop.kind for stop in drawing.stops}


def test_the_table_says_the_same(client: FlaskClient, session: Session, catalog: Catalog) -> None:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user)
    drawing = seen(session, catalog, user, 10, TODAY)
    log_in(client, user)
    page = client.get("/dashboard").text
    view = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)
    assert f"{view.percent}% done, {view.expected_percent}% planned" in page
    assert drawing.rows[-1].planned == 100
    assert all(row.done is None for row in drawing.rows)
    assert 'aria-labelledby="timeline-title" aria-describedby="timeline-words"' in page
