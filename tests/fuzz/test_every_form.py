"""Every form and every query of the route map, filled in by a machine: never a fault, and the pages open afterwards.

`make fuzz` tries a few hundred of each, with other ones each time; here a few, always the same.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from flask_wtf import FlaskForm
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.routing import BuildError
from werkzeug.test import TestResponse

import config
import tracker
from tests.access.rules import File, Rule
from tests.access.test_every_route_for_everybody import CASES, IDS, Site, Who, filled_in, methods, site
from tests.environment import make_settings
from tests.fuzz.inputs import Body, Pairs, bodies, fields, in_a_path, urlencoded, words
from tracker import create_app, db

__all__ = ["site"]
LONG = os.environ.get("FUZZ", "") == "long"
TRIES = 300 if LONG else 6
profile = settings(
    max_examples=TRIES,
    deadline=None,
    derandomize=not LONG,
    database=None,
    phases=(Phase.generate, Phase.shrink) if LONG else (Phase.generate,),
    suppress_health_check=list(HealthCheck),  # what one try changes is taken back before the next
)
PAGES = ("/dashboard", "/plan", "/log", "/milestones/ml-engineer/spam-classifier", "/paths/own", "/settings/reminders",
         "/settings/security", "/settings/data", "/plan/settings", "/plan/pauses", "/plan/ways", "/")  # fmt: skip
FIELD = re.compile(r"""(?:form|args|values|files)\.(?:get|getlist|pop)\(\s*"(\w+)"|number_in\("(\w+)"\)""")
VIEWS = create_app(make_settings(config.ROOT, "sqlite:///unused"), db.make_engine("sqlite:///unused")).view_functions
REFUSED = (400, 403, 404, 405, 413, 415)
"""By what stands before every view, or because there is no such thing: a view was not reached."""


def names_in(endpoint: str) -> Sequence[str]:
    """The fields that the views of this one's file know: of its forms, and those it reads by itself."""
    module = sys.modules[inspect.unwrap(VIEWS[endpoint]).__module__]
    by_hand = {name for found in FIELD.findall(inspect.getsource(module)) for name in found if name}
    return sorted(by_hand | {name for form in forms_in(module) for name in fields_of(form)})


def forms_in(module: Any) -> Iterator[type[FlaskForm]]:
    """The classes of forms that a file of views knows."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, FlaskForm) and value is not FlaskForm:
            yield value


def fields_of(form: type[FlaskForm]) -> set[str]:
    """By name."""
    return {name for name, value in inspect.getmembers(form) if type(value).__name__ == "UnboundField"}


def every_module() -> Iterator[Any]:
    """Of the app."""
    for module in pkgutil.walk_packages(tracker.__path__, "tracker."):
        yield importlib.import_module(module.name)


def test_every_form_of_the_app_is_known_to_a_file_of_views() -> None:
    """Else the fuzzer, which finds fields there, would not know of it."""
    all_forms = {form for module in every_module() if module.__name__.endswith("forms") for form in forms_in(module)}
    seen = {form for view in VIEWS.values() for form in forms_in(sys.modules[inspect.unwrap(view).__module__])}
    assert len(all_forms) > 15
    assert all_forms - seen == set()


@pytest.mark.parametrize(("endpoint", "rule"), CASES, ids=IDS)
def test_a_post(site: Site, endpoint: str, rule: Rule, caplog: pytest.LogCaptureFixture) -> None:
    address = site.address(endpoint, rule, site.world.its)
    if "POST" not in methods(site, endpoint, address):
        return
    sound = {name: value for name, value in filled_in(rule.post, site.world.its).items() if isinstance(value, str)}
    files = [name for name, value in rule.post.items() if isinstance(value, File)]
    reached = []

    @profile
    @given(body=bodies(sound, names_in(endpoint), files), page=st.sampled_from(PAGES))
    def one(body: Body, page: str) -> None:
        with site.taken_back():
            ada = site.browser("halfway" if rule.kind == "halfway" else "admin" if rule.kind == "admin" else "owner")
            answer = ada.post(address, data=body.content, content_type=body.kind)
            assert answer.status_code < 500, answer.text
            assert clear(answer), answer.text
            if answer.status_code not in REFUSED:
                reached.append(answer.status_code)
                assert ada.get(page).status_code in (200, 302, 303) or endpoint == "enrolment.leave", page
        assert not [record for record in caplog.records if record.exc_info]

    one()
    assert reached or rule.kind == "absent", "no form came as far as the view"


def clear(answer: TestResponse) -> bool:
    """A refusal says something in words."""
    return answer.status_code < 400 or len(answer.text) > 20


@pytest.mark.parametrize(("endpoint", "rule"), CASES, ids=IDS)
def test_a_query(site: Site, endpoint: str, rule: Rule, caplog: pytest.LogCaptureFixture) -> None:
    address = site.address(endpoint, rule, site.world.its)
    if "GET" not in methods(site, endpoint, address):
        return
    addresses = [address, *_open_to_words(site, endpoint, rule)]

    @profile
    @given(
        target=st.sampled_from(addresses),
        part=words,
        pairs=fields({}, names_in(endpoint)),
        who=st.sampled_from(("owner", "nobody", "admin")),
        piece=st.booleans(),
    )
    def one(target: str, part: str, pairs: Pairs, who: Who, piece: bool) -> None:
        with site.taken_back():
            where = target.replace(BLANK, in_a_path(part)) + "?" + urlencoded(pairs).decode()
            headers = {"HX-Request": "true"} if piece else {}
            answer = site.browser(who).get(where, headers=headers)
            assert answer.status_code < 500, answer.text
            assert clear(answer) or piece, answer.text
        assert not [record for record in caplog.records if record.exc_info]

    one()


BLANK = "fill-me-in"


def _open_to_words(site: Site, endpoint: str, rule: Rule) -> Iterator[str]:
    """The address with one of its variables left blank; numbers cannot be anything else than a number."""
    for name in rule.values:
        try:
            yield site.address(endpoint, replace(rule, values={**rule.values, name: BLANK}), site.world.its)
        except (BuildError, ValueError):
            continue
