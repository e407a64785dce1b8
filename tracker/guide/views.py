"""Pages that need no account: the landing page, the picker, a path's guide and its milestones. They set no cookie."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from tracker import web, wire
from tracker.catalog.schema import Path
from tracker.enrolment.asking import Answer, as_fields, carried
from tracker.errors import NotFound
from tracker.guide import structured
from tracker.guide.milestone import about
from tracker.guide.mine import in_order, paths_on, yours
from tracker.guide.pay import Chart, charts
from tracker.guide.roadmap import EXAMPLE_HOURS, starts, stories_of, story_plans
from tracker.guide.roadmap_views import answered
from tracker.guide.saying import FILTERS
from tracker.language import gettext

blueprint = Blueprint("guide", __name__)
blueprint.after_request(wire.public)
for said in FILTERS:
    blueprint.app_template_filter(said.__name__)(said)


@blueprint.get("/")
def landing() -> ResponseReturnValue:
    """What Waymark does, led by an answer to "how long will it take me"."""
    path = _asked_for()
    asked = _sensible(path)
    assert asked.draft is not None  # noqa: S101  # _sensible has seen to both
    assert asked.choices is not None  # noqa: S101
    stories = path.guide.stories.values() if path.guide else ()
    return web.page(
        "guide/landing.html",
        path=path,
        paths=in_order(),
        form=asked.form,
        choices=asked.choices,
        fields=as_fields(path, asked.choices),
        preview=asked.draft,
        story=next(iter((*stories_of(path, asked.choices.starting_point), *stories)), None),
        pay=_pay(path),
        canonical=url_for("guide.landing"),
        description=gettext(
            "Say where you start and how many hours a week you have, and see a plan with dates: "
            "the way to %(path)s in phases and milestones, free, no account needed.",
            path=path.title,
        ),
    )


def _asked_for() -> Path:
    """The path that was chosen on the form of the landing page; the first one before that."""
    return web.app_parts().catalog.path(request.args.get("path", "")) or in_order()[0]


def _sensible(path: Path) -> Answer:
    """The choices in the address, or the example where they make no plan: a landing page shows no faults."""
    # another path has other starting points: the hours stay, a start that it does not know goes
    done = yours([path])[path.slug]
    asked = answered(path, MultiDict(carried(path, request.args)), done)
    return asked if asked.draft else answered(path, MultiDict(), done)


@blueprint.get("/paths")
def picker() -> ResponseReturnValue:
    """All paths."""
    paths = in_order()
    shown = [(path, starts(path, hours_per_week=EXAMPLE_HOURS, today=web.visitor_day())) for path in paths]
    return web.page(
        "guide/picker.html",
        paths=shown,
        example_hours=EXAMPLE_HOURS,
        mine=paths_on(),
        yours=yours(paths),
        page_name="paths",
        canonical=url_for("guide.picker"),
        description=gettext(
            "The ways to a new trade that Waymark knows: %(paths)s.", paths=", ".join(path.title for path in paths)
        ),
    )


@blueprint.get("/paths/<slug>")
def path_page(slug: str) -> ResponseReturnValue:
    """The career guide of a path: what it is, what it pays, how long it takes from where, what others say."""
    path, today = _path(slug), web.visitor_day()
    here = url_for("guide.path_page", slug=slug)
    site = web.absolute(url_for("guide.landing"))
    name = web.app_parts().settings.site_name
    return web.page(
        "guide/path.html",
        path=path,
        guide=path.guide,
        numbers={key: number for number, key in enumerate(path.guide.sources, 1)} if path.guide else {},
        starts=starts(path, hours_per_week=EXAMPLE_HOURS, today=today),
        example_hours=EXAMPLE_HOURS,
        carried=carried(path, request.args),
        stories=story_plans(path, today=today),
        pay=_pay(path),
        mine=paths_on(),
        page_name="paths",
        canonical=here,
        description=_cut(path.guide.lead.text if path.guide else path.summary),
        data=[
            structured.course(path, address=web.absolute(here), site_name=name, site=site),
            *filter(None, [structured.questions(path)]),
        ],
    )


@blueprint.get("/paths/<slug>/milestones/<key>")
def milestone(slug: str, key: str) -> ResponseReturnValue:
    """One milestone, as anybody may read it: hours and why, done when, where to learn it."""
    path = _path(slug)
    found = path.milestone(key)
    if found is None or found.retired:
        raise NotFound
    here = url_for("guide.milestone", slug=slug, key=found.key)
    if found.key != key:  # it was renamed
        return redirect(here, code=301)
    return web.page(
        "guide/milestone.html",
        path=path,
        about=about(web.app_parts().catalog, path, found),
        mine=paths_on(),
        page_name="paths",
        canonical=here,
        description=_cut(found.summary),
    )


def _path(slug: str) -> Path:
    path = web.app_parts().catalog.path(slug)
    if path is None:
        raise NotFound
    return path


def _pay(path: Path) -> list[tuple[str, str, tuple[Chart, ...]]]:
    """The guide's tables of pay as charts: key, title, a chart for each currency."""
    if path.guide is None:
        return []
    return [(key, table.title, charts(table, path.guide.sources)) for key, table in path.guide.pay.items()]


def _cut(text: str) -> str:
    """So much of a text as search engines show."""
    return text if len(text) <= 160 else text[:157].rsplit(" ", 1)[0] + " …"
