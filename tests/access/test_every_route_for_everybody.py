"""Every address of the route map × every method × {nobody, a stranger, the owner, an administrator}.

Nobody comes in three forms: without a cookie, with that of a log-in that was ended, and with the owner's password but
without the second factor. `rules.py` says who may do what; here it is asked of the app.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

import config
from tests.access.rules import ELSEWHERE, RULES, File, Its, Rule
from tests.access.world import ADDRESS, PRIVATE, STRANGER, World, held
from tests.environment import NOW, make_settings
from tracker import create_app, db
from tracker.models import User

Who = Literal["nobody", "ended", "halfway", "stranger", "owner", "admin"]
NOBODY: tuple[Who, ...] = ("nobody", "ended", "halfway")
OTHERS: tuple[Who, ...] = (*NOBODY, "stranger", "admin")
SERVED = ("GET", "HEAD", "POST")
UNSERVED = ("PUT", "PATCH", "DELETE", "TRACE")
NEW_EACH_TIME = re.compile(r'name="(csrf_token|key)" value="[^"]+"')
"""Tokens of forms, and the keys by which one form that is sent twice is known."""
AS_A_PIECE = {"HX-Request": "true"}

CASES = [(endpoint, rule) for endpoint, rules in RULES.items() for rule in rules]
IDS = [f"{endpoint} {number}" for endpoint, rules in RULES.items() for number, _ in enumerate(rules)]
each_case = pytest.mark.parametrize(("endpoint", "rule"), CASES, ids=IDS)


def route_map() -> set[tuple[str, str]]:
    """Endpoint and address of everything that the app itself says it has."""
    app = create_app(make_settings(config.ROOT, "sqlite:///unused"), db.make_engine("sqlite:///unused"))
    return {(route.endpoint, route.rule) for route in app.url_map.iter_rules() if route.endpoint not in ELSEWHERE}


ROUTES = route_map()


@dataclass
class Site:
    """The filled site, asked by anybody; what a question changes is taken back where it should be."""

    app: Flask
    connection: Connection
    world: World

    @property
    def addresses(self) -> MapAdapter:
        """Of the route map."""
        return self.app.url_map.bind("localhost")

    def address(self, endpoint: str, rule: Rule, its: Mapping[str, Any]) -> str:
        """With what the rule names put in."""
        return self.addresses.build(endpoint, filled_in(rule.values, its))

    def browser(self, who: Who) -> FlaskClient:
        """A new one with that person's cookie: nothing of an earlier question is in it."""
        client = self.app.test_client()
        if self.world.cookies[who]:
            client.set_cookie("waymark", self.world.cookies[who])
        return client

    def ask(
        self,
        who: Who,
        method: str,
        address: str,
        rule: Rule,
        its: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """One question; a form names what is the owner's unless told otherwise."""
        data = filled_in(rule.post, its or self.world.its) if method not in ("GET", "HEAD") else None
        return self.browser(who).open(address, method=method, data=data, headers=headers)

    def owners(self) -> Mapping[str, Any]:
        """All that the owner has."""
        return held(self.connection, self.world.owner_id)

    def everybody(self) -> Sequence[Any]:
        """All accounts."""
        return self.connection.execute(select(User.__table__)).all()

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Whatever is done inside has not happened afterwards."""
        point = self.connection.begin_nested()
        try:
            yield
        finally:
            point.rollback()


@pytest.fixture
def site(app: Flask, connection: Connection, world: World) -> Site:
    """As it was filled."""
    return Site(app, connection, world)


def filled_in(values: Mapping[str, Any], its: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _given(value, its) for name, value in values.items()}


def _given(value: Any, its: Mapping[str, Any]) -> Any:
    if isinstance(value, File):
        return io.BytesIO(value.content.encode()), value.name
    return str(its[value.name]).removeprefix(value.without) if isinstance(value, Its) else value


def nobodys(its: Mapping[str, Any]) -> dict[str, Any]:
    """Names of the same form that nobody has."""
    return {name: _missing(value) for name, value in its.items()}


def _missing(value: Any) -> Any:
    if isinstance(value, int):
        return 2**31 - 1
    return f"own-{'0' * (len(value) - 4)}" if value.startswith("own-") else "0" * len(value)


def methods(site: Site, endpoint: str, address: str) -> list[str]:
    """By which methods an address reaches this endpoint: several may share one."""
    allowed = site.addresses.allowed_methods(address)
    return [method for method in SERVED if method in allowed and site.addresses.match(address, method)[0] == endpoint]


def alike(answer: TestResponse, address: str) -> tuple[int, str, str]:
    """What can be compared of two answers: all but the address that was asked for and what is new each time."""
    where, text = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", ""), answer.text
    for form in (quote(address, safe=""), quote(address), address):
        where, text = where.replace(form, "HERE"), text.replace(form, "HERE")
    return answer.status_code, where, NEW_EACH_TIME.sub("", text)


def is_asked_to_log_in(answer: TestResponse) -> bool:
    where = urlsplit(answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")).path
    return answer.status_code in (302, 303, 401) and where in ("/login", "/signup")


def test_every_route_has_a_rule(site: Site) -> None:
    with_rule = set()
    for endpoint, rule in CASES:
        address = site.address(endpoint, rule, site.world.its)
        for method in methods(site, endpoint, address):
            route, _ = site.addresses.match(address, method, return_rule=True)
            with_rule.add((route.endpoint, route.rule))
    assert ROUTES - with_rule == set(), "name them in rules.py"
    assert set(RULES) - {endpoint for endpoint, _ in ROUTES} == set(), "there are no such routes any more"


@each_case
def test_it_lets_in_whom_it_should(site: Site, endpoint: str, rule: Rule) -> None:
    own = site.address(endpoint, rule, site.world.its)
    before = site.owners()
    for who in OTHERS:
        for method in methods(site, endpoint, own):
            with site.taken_back() if method == "POST" else nullcontext():
                answer = site.ask(who, method, own, rule)
                told = f"{who} {method} {own}: {answer.status}"
                check(rule, who, answer, told)
                see_nothing(rule, who, answer, told)
                if method == "POST" and not may_change(rule, who):
                    assert site.owners() == before, f"{told} changes what the owner has"
    assert site.owners() == before, "reading changes what the owner has"


def may_change(rule: Rule, who: Who) -> bool:
    """Whoever has a link may do its one thing, an administrator sends a mail again; a wrong code goes into the log."""
    return rule.kind == "link" or (rule.kind, who) in (("halfway", "halfway"), ("admin", "admin"))


NAMING = [(endpoint, rule) for endpoint, rule in CASES if rule.kind in ("object", "absent", "mine") and rule.names]


@pytest.mark.parametrize(("endpoint", "rule"), NAMING, ids=[IDS[CASES.index(case)] for case in NAMING])
def test_what_is_the_owners_and_what_nobody_has_look_alike(site: Site, endpoint: str, rule: Rule) -> None:
    own, missing = (site.address(endpoint, rule, its) for its in (site.world.its, nobodys(site.world.its)))
    for who in ("nobody", "stranger", "admin"):
        for method in methods(site, endpoint, own):
            for headers in ({}, AS_A_PIECE):
                with site.taken_back():
                    theirs = site.ask(who, method, own, rule, headers=headers)
                with site.taken_back():
                    nobodys_ = site.ask(who, method, missing, rule, nobodys(site.world.its), headers=headers)
                assert alike(theirs, own) == alike(nobodys_, missing), f"{who} {method} {own}"


def check(rule: Rule, who: Who, answer: TestResponse, told: str) -> None:
    """What the rule says of an answer to somebody who is not the owner."""
    status = answer.status_code
    assert status < 500, told
    if rule.kind in ("public", "link"):
        assert status in (200, 302, 303, 422, 429), told
    elif rule.kind == "halfway":
        assert status in (200, 422) if who == "halfway" else status == 404 or is_asked_to_log_in(answer), told
    elif rule.kind == "absent" or (rule.kind == "admin" and who != "admin"):
        assert status == 404, told
    elif who in NOBODY:
        assert status == 404 or is_asked_to_log_in(answer), told
    elif rule.kind == "object":
        assert status == 404, told
    else:
        named = {404} if any(isinstance(value, Its) for value in rule.post.values()) else set()
        assert status in {200, 302, 303, 409, 422} | named, told
        assert not is_asked_to_log_in(answer), told


def see_nothing(rule: Rule, who: Who, answer: TestResponse, told: str) -> None:
    """Nothing that the owner wrote is shown, and the address to those alone who look after mail or have a link."""
    seen = answer.text + str(answer.headers)
    assert PRIVATE not in seen, f"{told} shows what the owner wrote"
    typed = ADDRESS in str(rule.post)
    if not typed and rule.kind != "link" and (rule.kind, who) != ("admin", "admin"):
        assert ADDRESS not in seen, f"{told} shows the owner's address"


@each_case
def test_the_owner_can_and_reading_changes_nothing(site: Site, endpoint: str, rule: Rule) -> None:
    own = site.address(endpoint, rule, site.world.its)
    before, served = site.owners(), methods(site, endpoint, own)
    if "GET" in served:
        answer = site.ask("owner", "GET", own, rule)
        told = f"GET {own}: {answer.status}"
        for_the_owner(rule, answer, told)
        assert rule.shows is False or PRIVATE in body(answer), told
        head = site.ask("owner", "HEAD", own, rule)
        assert (head.status_code, head.data) == (answer.status_code, b""), f"HEAD {own}: {head.status}"
        assert without_log(site.owners()) == without_log(before), f"{told} changes something"
    if "POST" in served:
        answer = site.ask("owner", "POST", own, rule)
        told = f"POST {own}: {answer.status}"
        for_the_owner(rule, answer, told)
        if rule.kind in ("mine", "object", "link"):
            assert (site.owners() != before) is rule.changes, f"{told} changes {'nothing' if rule.changes else 'it'}"


def without_log(rows: Mapping[str, Any]) -> Mapping[str, Any]:
    """An export stands in the security log, which is no change of what somebody has."""
    return {name: held_ for name, held_ in rows.items() if name != "security_event"}


def body(answer: TestResponse) -> str:
    """A page without its frame, which names the owner's paths everywhere; else all of it."""
    return answer.text.partition("<main")[2] or answer.text


def for_the_owner(rule: Rule, answer: TestResponse, told: str) -> None:
    """What the owner of it all is answered."""
    if rule.kind in ("absent", "admin"):
        assert answer.status_code == 404, told
    elif rule.kind == "halfway":
        assert answer.status_code == 404 or is_asked_to_log_in(answer), told
    else:
        assert answer.status_code in (200, 302, 303, 409, 422), told


EACH_ROUTE = [(endpoint, rules[0]) for endpoint, rules in RULES.items()]


@pytest.mark.parametrize(("endpoint", "rule"), EACH_ROUTE, ids=RULES)
def test_other_methods_are_refused_and_change_nothing(site: Site, endpoint: str, rule: Rule) -> None:
    """To the owner or an administrator: nobody else may do more."""
    own = site.address(endpoint, rule, site.world.its)
    before, allowed = site.owners(), set(site.addresses.allowed_methods(own))
    may: Who = "admin" if rule.kind == "admin" else "owner"
    for method in sorted({*SERVED, *UNSERVED} - allowed):
        answer, outside = (site.ask(who, method, own, rule) for who in (may, "nobody"))
        told = f"{method} {own}: {answer.status}, to nobody {outside.status}"
        assert answer.status_code == 405, told
        assert {part.strip() for part in answer.headers["Allow"].split(",")} == allowed, told
        assert outside.status_code == (404 if rule.kind == "admin" else 405), told
        assert PRIVATE not in outside.text, told
    assert site.owners() == before


def test_a_post_needs_a_token_of_its_own_session(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    before, thief = site.owners(), site.browser("stranger")
    found = re.search(r'name="csrf_token" value="([^"]+)"', thief.get("/settings/security").text)
    assert found
    let_through = [
        f"{address}: {answer.status}"
        for endpoint, rule in CASES
        for address in [site.address(endpoint, rule, site.world.its)]
        if "POST" in methods(site, endpoint, address) and rule.kind != "link"
        for who in ("nobody", "owner")
        for token in ("", found.group(1))
        for answer in [site.ask(who, "POST", address, rule, headers={"X-CSRFToken": token})]
        if answer.status_code != 403
    ]
    assert let_through == []
    assert site.owners() == before


def test_no_form_takes_what_it_does_not_ask_for(site: Site) -> None:
    """Whoever adds fields to a form gives nothing away and gets nothing: no right, no other account, no number."""
    before = site.owners()
    wished = {"user_id": str(site.world.owner_id), "owner_id": str(site.world.owner_id), "id": "1", "is_admin": "1"}
    wished |= {"email_confirmed_at": "2020-01-01", "created_at": "2020-01-01", "second_factor": "1", "sid": "x"}
    for endpoint, rule in CASES:
        address = site.address(endpoint, rule, site.world.its)
        if rule.kind == "mine" and "POST" in methods(site, endpoint, address):
            with site.taken_back():
                answer = site.ask("stranger", "POST", address, replace(rule, post={**wished, **rule.post}))
                assert answer.status_code < 500, address
                assert site.owners() == before, address
                assert not any(row.is_admin for row in site.everybody() if row.email == STRANGER), address
                assert all(row.created_at == NOW for row in site.everybody()), address
