"""The questions between a path and a plan, as roadmap and enrolment ask them; a fault is said beside its field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from tracker.catalog.credit import Share, credited_keys, shares
from tracker.catalog.schema import Path
from tracker.enrolment.drafting import Choices, Draft, draft
from tracker.enrolment.forms import EnrolForm
from tracker.errors import InvalidInput

Given = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The form as it was answered, and the plan that comes of it: none where the form holds a fault."""

    form: EnrolForm
    known_given: bool
    choices: Choices | None = None
    draft: Draft | None = None

    def credit(self, path: Path) -> tuple[Share, ...]:
        """The boxes of the credit: those of the plan, else as they were ticked."""
        return self.draft.shares if self.draft else credit_as_ticked(path, self.form, known_given=self.known_given)


def answer(path: Path, given: Given, *, today: dt.date, done: frozenset[str] = frozenset()) -> Answer:
    """The plan for what was given; a start that is not given is today. ``done``: see drafting.Choices."""
    form, known_given = form_for(path, given, today=today), "known" in given
    if not form.validate():
        return Answer(form, known_given)
    choices = replace(choices_of(form, known_given=known_given), done=done)
    try:
        return Answer(form, known_given, choices, draft(path, choices, today=today))
    except InvalidInput as fault:
        put_beside(form, fault)
        return Answer(form, known_given, choices)


def form_for(path: Path, given: Given, *, today: dt.date) -> EnrolForm:
    """The questions of this path, answered so far with what was given."""
    if not given.get("start_on"):
        given["start_on"] = today.isoformat()
    # A GET shows choices and changes nothing, so it carries no token; POST was checked before by CSRFProtect.
    form = EnrolForm(formdata=given, meta={"csrf": False})
    form.goal.choices = [(goal.key, goal.title) for goal in path.goals]
    form.starting_point.choices = [(point.key, point.title) for point in path.starting_points]
    return form


def choices_of(form: EnrolForm, *, known_given: bool) -> Choices:
    """What a form says that holds no fault."""
    known = frozenset(key for key in form.known.data or () if key) if known_given else None
    start_on, hours = form.start_on.data, form.hours_per_week.data
    assert start_on is not None  # noqa: S101  # the form has validated both
    assert hours is not None  # noqa: S101
    return Choices(
        starting_point=form.starting_point.data,
        hours_per_week=float(hours),
        start_on=start_on,
        target_on=form.target_on.data,
        known=known,
        goal=form.goal.data or None,
    )


def put_beside(form: EnrolForm, fault: InvalidInput) -> None:
    """A sentence of the services beside the field that it is about."""
    field: Any = form[fault.field if fault.field in form else "hours_per_week"]
    field.errors = [*field.errors, fault.message]


def credit_as_ticked(path: Path, form: EnrolForm, *, known_given: bool = True) -> tuple[Share, ...]:
    """For a form that came back with a fault: the boxes as they were ticked; none where the start is unknown.

    Without ``known_given`` nobody has seen the boxes yet: they are those of the starting point.
    """
    if path.starting_point(form.starting_point.data or "") is None:
        return ()
    known = frozenset(key for key in form.known.data or () if key and path.milestone(key))
    goal = path.goal(form.goal.data or "")
    return shares(path, form.starting_point.data, known if known_given else None, goal.key if goal else None)


def without_leftovers(given: Given) -> bool:
    """Takes out what a form sent along with a GET, its token and the credit of another start: was there any?"""
    token = given.pop("csrf_token", None)
    stale = given.pop("credit_for", given.get("starting_point")) != given.get("starting_point")
    if stale:
        given.poplist("known")
    return stale or token is not None


def as_fields(path: Path, choices: Choices) -> dict[str, Any]:
    """Every choice as the fields of an address, the credit only where it is not the starting point's own."""
    fields: dict[str, Any] = {
        "starting_point": choices.starting_point,
        "goal": choices.goal,
        "hours_per_week": f"{choices.hours_per_week:g}",
        "start_on": choices.start_on.isoformat(),
        "target_on": choices.target_on.isoformat() if choices.target_on else None,
    }
    if choices.known is not None and choices.known != credited_keys(path, choices.starting_point):
        fields["known"] = [m.key for m in path.milestones if m.key in choices.known] or [""]
    return {name: value for name, value in fields.items() if value is not None}


def carried(path: Path, given: Given) -> dict[str, Any]:
    """What of an address makes sense for this path: so that choices come along from page to page, unread on the way."""
    start = path.starting_point(given.get("starting_point", ""))
    goal = path.goal(given.get("goal", ""))
    fields: dict[str, Any] = {
        name: given[name] for name in ("hours_per_week", "start_on", "target_on") if name in given
    }
    if goal:
        fields["goal"] = goal.key
    if start:
        fields["starting_point"] = start.key
        if "known" in given:
            fields["known"] = [key for key in given.getlist("known") if path.milestone(key)] or [""]
    return fields
