"""Pages behind the links of a mail. GET shows one button and changes nothing, for mail scanners open every link; POST
acts, without log-in, cookie or redirect: the signed address is what counts, and it can do only its one thing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from tracker import clock, web, words
from tracker.catalog.schema import Milestone, Path
from tracker.enrolment.mail_pause import pause_from_mail
from tracker.enrolment.paths import learned_paths
from tracker.enrolment.queries import on_paths
from tracker.error_pages import error_page
from tracker.errors import NotFound
from tracker.language import gettext
from tracker.models import User
from tracker.progress import services as progress
from tracker.progress.overview import Overview
from tracker.progress.queries import overview
from tracker.reminders import queries, services
from tracker.reminders.forms import SlotForm
from tracker.reminders.sentences import standing
from tracker.reminders.snooze import snooze
from tracker.reminders.tokens import DEAD_LINK, Act, belongs, read_act

blueprint = Blueprint("mail_acts", __name__, url_prefix="/mail")

NO_SESSION = {"csrf": False}
"""Without the token of a session: the signed address stands for it."""


@blueprint.after_request
def _quiet(answer: Response) -> Response:
    return web.keep_quiet(answer)


@blueprint.errorhandler(NotFound)
def _no_longer(_fault: NotFound) -> ResponseReturnValue:
    """The same for every link that does not hold, whyever."""
    return error_page(404, gettext(DEAD_LINK))


def _read(act: Act, token: str) -> tuple[User, tuple[str, ...]]:
    """Whose link it is and what it is about; NotFound for one that is forged, foreign or of a deleted account."""
    link = read_act(web.app_parts().settings, act, token)
    user = queries.learner(web.db(), link.user_id)
    if user is None or not belongs(link, user):
        raise NotFound
    return user, link.about


def _page(act: Act, status: int = 200, **context: Any) -> ResponseReturnValue:
    return web.page("reminders/mail_act.html", status, act=act, **context)


def _today(user: User) -> dt.date:
    return clock.local_date(web.now(), user.timezone)


def _next_mail(user: User) -> str:
    return queries.next_reminder_words(web.db(), user_id=user.id, timezone=user.timezone)


@blueprint.route("/done/<token>", methods=["GET", "POST"])
@web.csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
def done(token: str) -> ResponseReturnValue:
    """Marks one milestone as done, today."""
    user, (slug, key) = _read("done", token)
    catalog = web.app_parts().catalog
    mine = {path.slug: path for path in learned_paths(web.db(), catalog, on_paths(web.db(), user.id)).values()}
    path = mine.pop(slug, None) or catalog.path(slug)
    milestone = path.milestone(key) if path else None
    view = _view(user, path) if path and milestone else None
    item = view.item(milestone.key) if view and milestone else None
    if path is None or milestone is None or item is None or not item.counts:
        return _page("done", 410, milestone=milestone, outcome="gone")
    if request.method != "POST":
        return _page("done", path=path, milestone=milestone, outcome="is done" if item.state == "done" else "")
    progress.tick(
        web.db(), user_id=user.id, path=path, key=key, state="done", today=_today(user), now=web.now(), door="mail",
        also=mine.values(),
    )  # fmt: skip
    return _ticked(user, path, milestone)


def _view(user: User, path: Path) -> Overview | None:
    try:
        return overview(web.db(), user_id=user.id, path=path, today=_today(user))
    except NotFound:  # the learner has left this path
        return None


def _ticked(user: User, path: Path, milestone: Milestone) -> ResponseReturnValue:
    view = overview(web.db(), user_id=user.id, path=path, today=_today(user))
    phase = next(phase for phase in view.phases if phase.phase.number == milestone.phase)
    return _page(
        "done", path=path, milestone=milestone, outcome="done", view=view, standing=standing(view),
        phase=phase if phase.finished_on else None,
    )  # fmt: skip


@blueprint.route("/snooze/<token>", methods=["GET", "POST"])
@web.csrf.exempt  # type: ignore[untyped-decorator]  # as above
def snooze_a_week(token: str) -> ResponseReturnValue:
    """No mail in the week after that of the mail."""
    user, (week,) = _read("snooze", token)
    if request.method != "POST":
        return _page("snooze", outcome="", week=_monday_after(week))
    outcome = snooze(web.db(), user_id=user.id, week=week, now=web.now())
    return _page("snooze", outcome=outcome, week=_monday_after(week), next_mail=_next_mail(user))


def _monday_after(week: str) -> dt.date:
    year, number = week.split("-W")
    return dt.date.fromisocalendar(int(year), int(number), 1) + dt.timedelta(weeks=1)


@blueprint.route("/pause/<token>", methods=["GET", "POST"])
@web.csrf.exempt  # type: ignore[untyped-decorator]  # as above
def pause(token: str) -> ResponseReturnValue:
    """Pauses every path under way for so many weeks from today."""
    user, (week, weeks) = _read("pause", token)
    today, count = _today(user), int(weeks)
    until = today + dt.timedelta(days=7 * count - 1)
    if request.method != "POST":
        return _page("pause", outcome="", weeks=count, until=until)
    paths = list(learned_paths(web.db(), web.app_parts().catalog, on_paths(web.db(), user.id)).values())
    paused = pause_from_mail(web.db(), user_id=user.id, paths=paths, week=week, weeks=count, today=today, now=web.now())
    return _page("pause", outcome=paused.outcome, weeks=count, until=paused.until)


@blueprint.route("/slot/<token>", methods=["GET", "POST"])
@web.csrf.exempt  # type: ignore[untyped-decorator]  # as above
def slot(token: str) -> ResponseReturnValue:
    """Another day or hour for the weekly mail: one small form."""
    user, _ = _read("slot", token)
    place = words.place(queries.zone_of(user.timezone))
    if request.method != "POST":
        wishes = queries.wishes_of(web.db(), user.id)
        form = SlotForm(formdata=None, weekday=wishes.weekday, hour=wishes.hour, meta=NO_SESSION)
        return _page("slot", outcome="", form=form, place=place)
    form = SlotForm(meta=NO_SESSION)
    if not form.validate():
        return _page("slot", 422, outcome="", form=form, place=place)
    kept = services.change_slot(
        web.db(), user_id=user.id, weekday=form.weekday.data, hour=form.hour.data, now=web.now()
    )
    said = words.weekly_time(kept.weekday, kept.hour)
    outcome = "changed" if kept.enabled else "off"
    return _page("slot", outcome=outcome, form=form, place=place, said=said, next_mail=_next_mail(user))


@blueprint.route("/weekly/<token>", methods=["GET", "POST"])
@web.csrf.exempt  # type: ignore[untyped-decorator]  # as above
def weekly(token: str) -> ResponseReturnValue:
    """From monthly, or from none at all after nobody answered, back to every week."""
    user, _ = _read("weekly", token)
    if request.method != "POST":
        return _page("weekly", outcome="")
    kept = services.go_on(web.db(), user_id=user.id, now=web.now())
    return _page("weekly", outcome="weekly" if kept.enabled else "off", next_mail=_next_mail(user))
