"""Who may do what at each address. A route that is not named here fails test_every_route_for_everybody.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.access.world import ADDRESS, OWN, START, STEP, TODAY, pastry
from tests.people import PASSWORD

Kind = Literal["public", "link", "halfway", "mine", "object", "admin", "absent"]


@dataclass(frozen=True)
class Its:
    """Something of the owner's, by its name in ``World.its``."""

    name: str
    without: str = ""
    """A beginning that stands in the address itself."""


@dataclass(frozen=True)
class File:
    """One that a form sends along."""

    name: str
    content: str


@dataclass(frozen=True)
class Rule:
    """``kind`` says who may:

    public  everybody
    link    whoever holds the signed address, logged in or not; any other address of the kind is not there
    halfway who has given the right password in this browser and has the second factor still to show
    mine    who is logged in, and only about themselves; others are asked to log in
    object  its owner; to anybody else it is not there
    admin   administrators; to anybody else it is not there
    absent  nobody: of things like this one there are none at such an address, not even for their owner
    """

    kind: Kind
    values: Mapping[str, Any] = field(default_factory=dict)
    """Of the address's variables."""
    post: Mapping[str, Any] = field(default_factory=dict)
    """What a POST sends: something that changes what the owner has."""
    changes: bool = True
    """Whether it does. Where not, the view's own tests say why."""
    shows: bool = False
    """Whether reading shows the owner what they wrote."""

    @property
    def names(self) -> bool:
        """Whether address or form names something of the owner's."""
        return any(isinstance(value, Its) for value in (*self.values.values(), *self.post.values()))


PATH = {"slug": STEP["slug"]}
PHASE = {**PATH, "number": 1}
WALKED, OTHER, DRAFT = {"slug": Its("walked path")}, {"slug": Its("shared path")}, {"slug": Its("draft path")}
TARTS = {**WALKED, "key": "tarts"}
OWN_STEP = {**PATH, "key": Its("milestone")}
LINK = {**STEP, "number": Its("link")}
LOGGED = {"on": TODAY, "minutes": "7", "note": "changed"}
DONE = {"state": "done"}
NO_RECORDS = '{"format": "waymark", "version": 1, "records": {}}'
PUBLIC, MINE, ADMIN = Rule("public"), Rule("mine"), Rule("admin")
READ = Rule("mine", shows=True)
AS_IT_WAS = Rule("mine", changes=False)


STEPS: Sequence[tuple[Kind, Mapping[str, Any]]] = (("mine", STEP), ("object", TARTS), ("object", OWN_STEP))


def _token(name: str) -> Mapping[str, Any]:
    """As the address of a path takes it: without the first part of its slug."""
    return {"token": Its(name, "own-")}


def _mail_act(act: str, *, changes: bool = True, **post: Any) -> Sequence[Rule]:
    return (Rule("link", {"token": Its(f"{act} link")}, post, changes),)


def _account_link(purpose: str, **post: Any) -> Sequence[Rule]:
    """The link itself, and the page to which it leads: without the link before it there is nothing."""
    return Rule("link", {"token": Its(f"{purpose} link")}, post), Rule("absent", {"token": ""})


RULES: Mapping[str, Sequence[Rule]] = {
    "guide.landing": [PUBLIC],
    "guide.picker": [PUBLIC],
    "guide.path_page": [Rule("public", PATH)],
    "guide.milestone": [Rule("public", STEP), Rule("absent", TARTS), Rule("absent", OWN_STEP)],
    "roadmap.choose": [PUBLIC],
    "roadmap.show": [Rule("public", PATH), Rule("absent", WALKED)],
    "compare.choose": [PUBLIC],
    "compare.pair": [
        Rule("public", {"first": "ml-engineer", "second": "data-scientist"}),
        Rule("object", {"first": "ml-engineer", "second": Its("walked path")}, shows=True),
    ],
    "search.find": [PUBLIC],
    "palette.palette": [READ],
    "palette.shortcuts": [MINE],
    "found.robots": [PUBLIC],
    "found.sitemap": [PUBLIC],
    "frame.manifest": [PUBLIC],
    "data.privacy": [PUBLIC],
    "help.page": [PUBLIC],
    "styleguide.page": [PUBLIC],
    "health.healthz": [PUBLIC],
    "health.readyz": [PUBLIC],
    "health.metrics": [PUBLIC],
    "accounts.sign_up": [Rule("public", post={"email": "new@example.org", "password": PASSWORD, "timezone": "UTC"})],
    "accounts.log_in": [Rule("public", post={"email": "stranger@example.org", "password": "none of theirs"})],
    "accounts.log_out": [PUBLIC],
    "accounts.account_settings": [MINE],
    "accounts.change_address": [Rule("mine", post={"email": "nachtigall@example.org"})],
    "accounts.change_locale": [Rule("mine", post={"locale": "en_US"})],
    "accounts.send_confirmation": [MINE],
    "links.forgot_password": [Rule("public", post={"email": "stranger@example.org"})],
    "links.verify_email": _account_link("confirm"),
    "links.change_email": _account_link("change"),
    "links.reset_password": _account_link("reset", password="another-harbor-quilt-28"),
    "factors.second_factor": [Rule("halfway", post={"code": "000000"})],
    "factors.passkey_as_second": [Rule("halfway", post={"credential": "{}"})],
    "factors.log_in_by_passkey": [Rule("public", post={"credential": "{}"})],
    "factors.options": [
        Rule("public", {"purpose": "log-in"}),
        Rule("halfway", {"purpose": "factor"}),
        Rule("mine", {"purpose": "add"}),
        Rule("mine", {"purpose": "prove"}, changes=False),
        Rule("absent", {"purpose": "enter"}),
    ],
    "security.settings": [READ],
    "security.change_password": [Rule("mine", post={"password": "another-harbor-quilt-28"})],
    "security.end_others": [MINE],
    "security.end_session": [Rule("object", {"id_hash": Its("session")})],
    "security.begin_app": [AS_IT_WAS],
    "security.set_up_app": [MINE],
    "security.confirm_app": [Rule("mine", post={"code": "000000"}, changes=False)],
    "security.remove_app": [MINE],
    "security.add_passkey": [Rule("mine", post={"credential": "{}", "name": "x"}, changes=False)],
    "security.remove_passkey": [Rule("object", {"passkey_id": Its("passkey")})],
    "security.recovery_codes": [MINE],
    "security.make_codes": [MINE],
    "enrolment.enrol": [
        Rule("mine", {"slug": "data-scientist"}, START),
        Rule("absent", DRAFT, START),
        Rule("object", WALKED, START),
    ],
    "first.path": [MINE],
    "first.to_start": [MINE],
    "first.mail": [Rule("mine", {"slug": "data-scientist"}), Rule("object", WALKED)],
    "enrolment.choose": [
        Rule("mine", post={"path": "ml-engineer"}, changes=False),
        Rule("mine", post={"path": Its("walked path")}),
    ],
    "enrolment.leave": [Rule("mine", PATH), Rule("object", WALKED)],
    "enrolment.come_back": [Rule("mine", PATH, changes=False), Rule("object", WALKED)],
    "paths.mine": [Rule("mine", post={"text": pastry("Other")}, shows=True)],
    "paths.show": [
        Rule("object", _token("walked path"), shows=True),
        Rule("object", _token("draft path")),
        Rule("public", _token("shared path")),
    ],
    "paths.download": [Rule("public", PATH), Rule("object", WALKED, shows=True), Rule("public", OTHER)],
    "paths.preview": [Rule("object", DRAFT, {"answer": "keep"}, shows=True), Rule("object", OTHER, changes=False)],
    "paths.replace": [Rule("object", slug, {"text": pastry("Other")}) for slug in (WALKED, OTHER, DRAFT)],
    "paths.share": [Rule("object", WALKED, {"shared": "yes"}), Rule("object", OTHER, {"shared": "no"})],
    "paths.delete": [Rule("object", OTHER), Rule("object", DRAFT), Rule("object", WALKED, changes=False)],
    "progress.dashboard": [READ],
    "progress.plan": [READ],
    "progress.milestone": [
        Rule("mine", STEP, DONE, shows=True),
        Rule("object", TARTS, DONE, shows=True),
        Rule("object", OWN_STEP, DONE, shows=True),
    ],
    "progress.criteria": [
        Rule("mine", STEP, {"met": "reproducible"}, changes=False),
        Rule("object", TARTS, {"met": "seen"}),
        Rule("object", OWN_STEP, {"met": "c1"}),
    ],
    "progress.note": [Rule(kind, step, {"body": "changed"}) for kind, step in STEPS],
    "progress.preview": [Rule(kind, step, {"body": "changed"}, changes=False) for kind, step in STEPS],
    "progress.add_link": [Rule(kind, step, {"url": "https://example.org/"}) for kind, step in STEPS],
    "progress.change_link": [Rule("object", LINK, {"url": "https://example.org/"}, shows=True)],
    "progress.delete_link": [Rule("object", LINK)],
    "progress.undo": [
        Rule("mine", STEP, {"entry": Its("change")}),
        Rule("object", TARTS, {"entry": Its("change")}, changes=False),
        Rule("object", OWN_STEP, {"entry": Its("change")}),
    ],
    "progress.mark_phase": [Rule("mine", PHASE, DONE), Rule("object", {**WALKED, "number": 1}, DONE)],
    "progress.undo_phase": [
        Rule("mine", PHASE, {"entry": Its("change")}),
        Rule("object", {**WALKED, "number": 1}, {"entry": Its("change")}, changes=False),
    ],
    "progress.week": [
        Rule("mine", post={"milestone": "pandas"}),
        Rule("mine", post={"milestone": Its("milestone")}),
    ],
    "plans.changes": [AS_IT_WAS],
    "plans.undo_changes": [AS_IT_WAS],
    "plans.pauses": [Rule("mine", post={"starts_on": TODAY, "ends_on": TODAY})],
    "plans.end_pause": [Rule("mine", post={"starts_on": "2027-03-08"})],
    "plans.credit": [Rule("mine", {"number": 1}, changes=False)],
    "plans.settings": [Rule("mine", post={"hours_per_week": "33"})],
    "plans.goal": [Rule("mine", post={"goal": ""}, changes=False)],
    "plans.share": [
        Rule("mine", {"key": "numpy"}, {"share": "later"}, changes=False),
        Rule("object", {"key": Its("milestone")}, {"share": "later"}),
    ],
    "plans.choose_way": [Rule("mine", post={"kind": "move"}, changes=False)],
    "plans.add_own": [Rule("mine", post=OWN)],
    "plans.change_own": [Rule("object", {"key": Its("milestone")}, {**OWN, "hours": "9"}, shows=True)],
    "plans.drop_own": [Rule("object", {"key": Its("milestone")})],
    "plans.restore_own": [Rule("object", {"key": Its("milestone")}, changes=False)],
    "study.log": [READ],
    "study.add": [Rule("mine", post=LOGGED), Rule("mine", post={**LOGGED, "milestone": Its("milestone")})],
    "study.change": [Rule("object", {"number": Its("entry")}, LOGGED, shows=True)],
    "study.delete": [Rule("object", {"number": Its("entry")})],
    "study.timer": [
        Rule("mine", post={"action": "discard"}),
        Rule("mine", post={"action": "start", "milestone": Its("milestone")}, changes=False),
    ],
    "reminders.settings": [
        Rule("mine", post={"enabled": "y", "weekday": "5", "hour": "3", "timezone": "UTC"}),
    ],
    "reminders.try_address_again": [AS_IT_WAS],
    "reminders.go_on": [AS_IT_WAS],
    "reminders.wake": [AS_IT_WAS],
    "reminders.unsubscribe": _mail_act("unsubscribe"),
    "reminders.unsubscribe_now": _mail_act("unsubscribe"),
    "mail_acts.done": _mail_act("done"),
    "mail_acts.snooze_a_week": _mail_act("snooze"),
    "mail_acts.pause": _mail_act("pause"),
    "mail_acts.slot": _mail_act("slot", weekday="5", hour="3"),
    "mail_acts.weekly": _mail_act("weekly", changes=False),
    "data.page": [Rule("mine", post={"file": File("export.json", NO_RECORDS)})],
    "data.bring_in": [MINE],
    "data.forget": [MINE],
    "data.delete": [Rule("mine", post={"email": f"{ADDRESS}@example.org", "password": PASSWORD})],
    "data.json_file": [READ],
    "data.csv_file": [READ],
    "admin.outbox": [ADMIN],
    "admin.try_again": [Rule("admin", {"number": Its("mail")})],
}

ELSEWHERE = frozenset({"static"})
"""Files of the project, the same for all."""
