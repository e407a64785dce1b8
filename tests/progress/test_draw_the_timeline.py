"""The picture: everything inside its frame, going forward, at every stage of a learner's way."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.environment import NOW
from tests.people import TODAY, enrol, log_in, make_user, path_of
from tracker.catalog.schema import Catalog
from tracker.language import speaking
from tracker.models import User
from tracker.progress import services
from tracker.progress.queries import overview
from tracker.progress.timeline import Timeline, timeline

DAY = dt.timedelta(days=1)


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def drawn(session: Session, catalog: Catalog, *, hours: float, ticked: int, day: dt.date) -> Timeline:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user, hours_per_week=hours)
    return seen(session, catalog, user, ticked, day)


def drawn_again(session: Session, catalog: Catalog, *, hours: float) -> Timeline:
    user = make_user(session, "hopper@example.org")
    enrol(session, catalog, user, hours_per_week=hours)
    return seen(session, catalog, user, 0, TODAY)


def seen(session: Session, catalog: Catalog, user: User, ticked: int, day: dt.date) -> Timeline:
    path = path_of(catalog)
    for number, milestone in enumerate(path.active[:ticked]):
        on = min(day, TODAY + number * 7 * DAY)
        services.tick(
            session, user_id=user.id, path=path, key=milestone.key, state="done", today=day, now=NOW, done_on=on
        )
    return timeline(overview(session, user_id=user.id, path=path, today=day))


STAGES = {
    "before the start": (12, 0, TODAY - 40 * DAY),
    "the first day": (12, 0, TODAY),
    "on the way": (12, 20, TODAY + 150 * DAY),
    "far behind": (12, 3, TODAY + 500 * DAY),
    "beyond the frame": (1, 0, TODAY + 900 * DAY),
    "in a hurry": (80, 10, TODAY + 20 * DAY),
    "all done": (12, 60, TODAY + 430 * DAY),
}


@pytest.mark.parametrize(("hours", "ticked", "day"), STAGES.values(), ids=STAGES)
def test_everything_lies_inside_the_frame(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date
) -> None:
    drawing = drawn(session, catalog, hours=hours, ticked=ticked, day=day)
    for picture in (drawing.wide, drawing.narrow):
        frame = picture.shape
        lines = [picture.plan, picture.actual, picture.cone, picture.median, picture.envelope]
        for x, y in (point for line in lines for point in points(line)):
            assert frame.left <= x <= frame.right
            assert frame.top <= y <= frame.bottom
        assert frame.left <= picture.today_x <= frame.right
        for label in (*picture.months, *picture.edges, picture.goal, picture.today):
            assert 0 <= label.x <= frame.width


@pytest.mark.parametrize(("hours", "ticked", "day"), STAGES.values(), ids=STAGES)
def test_time_goes_forward_and_nothing_is_undone(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date
) -> None:
    picture = drawn(session, catalog, hours=hours, ticked=ticked, day=day).wide
    for line in (picture.plan, picture.actual, picture.median):
        way = points(line)
        assert [x for x, _ in way] == sorted(x for x, _ in way)
        assert [y for _, y in way] == sorted((y for _, y in way), reverse=True)


@pytest.mark.parametrize(("hours", "ticked", "day"), STAGES.values(), ids=STAGES)
def test_labels_do_not_run_into_each_other(
    session: Session, catalog: Catalog, hours: float, ticked: int, day: dt.date
) -> None:
    drawing = drawn(session, catalog, hours=hours, ticked=ticked, day=day)
    for picture in (drawing.wide, drawing.narrow):
        gaps = [b.x - a.x for a, b in zip(picture.months[:-1], picture.months[1:-1], strict=False)]
        assert min(gaps, default=99) > 60
        for row in (0, 1):
            labels = [bar for bar in picture.bars if bar.row == row]
            assert all(a.label_x + len(a.label) * 7.3 <= b.label_x for a, b in itertools.pairwise(labels))
        assert all(bar.label_x + len(bar.label) * 7.3 <= picture.shape.width for bar in picture.bars)


def test_a_short_first_phase_keeps_its_name_one_row_lower(session: Session, catalog: Catalog) -> None:
    picture = drawn(session, catalog, hours=12, ticked=0, day=TODAY).wide
    assert [bar.label for bar in picture.bars] == [phase.short_title for phase in path_of(catalog).phases]
    hurried = drawn_again(session, catalog, hours=20)
    assert not hurried.wide.numbered
    assert {bar.row for bar in hurried.wide.bars} == {0, 1}


def test_where_names_do_not_fit_all_have_numbers_and_are_named_below(
    client: FlaskClient, session: Session, catalog: Catalog
) -> None:
    user = make_user(session, "grace@example.org")
    enrol(session, catalog, user)
    drawing = seen(session, catalog, user, 0, TODAY)
    assert drawing.narrow.numbered
    assert [bar.label for bar in drawing.narrow.bars] == ["1", "2", "3", "4"]
    log_in(client, user)
    page = client.get("/dashboard").text
    assert '<p class="phase-names narrow">' in page
    assert '<p class="phase-names wide">' not in page


def test_a_plan_beyond_the_frame_leaves_it_and_does_not_rise_at_its_edge(session: Session, catalog: Catalog) -> None:
    picture = drawn(session, catalog, hours=1, ticked=0, day=TODAY).wide
    way = points(picture.plan)
    assert picture.shape.right - 4 <= way[-1][0] <= picture.shape.right
    assert way[-1][1] > picture.shape.top + 100
    assert len(picture.bars) < 4, "a phase that begins outside is not drawn on the edge"


def test_a_forecast_far_wider_than_the_way_leaves_the_picture(session: Session, catalog: Catalog) -> None:
    picture = drawn(session, catalog, hours=12, ticked=1, day=TODAY + 300 * DAY).wide
    today, last = picture.today_x, max(x for x, _ in points(picture.cone))
    assert last == picture.shape.right
    assert today - picture.shape.left > (picture.shape.right - picture.shape.left) / 6, "the way itself stays legible"


def test_months_stand_at_their_first_day(session: Session, catalog: Catalog) -> None:
    user = make_user(session, "grace@example.org")
    start = dt.date(TODAY.year + 1, 1, 20)
    enrol(session, catalog, user, start_on=start)
    view = overview(session, user_id=user.id, path=path_of(catalog), today=TODAY)
    with speaking("de_DE"):
        picture = timeline(view).wide
    first = picture.months[0]
    assert first.text == f"Feb. {start.year}"
    # 12 days of a width of some two years
    assert picture.shape.left + 8 < first.x < picture.shape.left + 20


def test_who_has_finished_has_no_forecast_left(session: Session, catalog: Catalog) -> None:
    picture = drawn(session, catalog, hours=12, ticked=60, day=TODAY + 430 * DAY).wide
    assert picture.cone == picture.median == ""
    assert picture.today_y == picture.shape.top


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
    assert 'role="img"' in page
