"""What a new version of a path does to a plan, told from the keys that somebody holds."""

from __future__ import annotations

import pytest

from tests.kitchen import Steps, baker, made, step, written
from tracker.catalog.changes import Changes, Holding, changes, outline
from tracker.catalog.loader import CatalogError, load_path
from tracker.enrolment.offers import in_short

OLD = made("baker", baker())


def told(new: Steps, states: dict[str, str] | None = None) -> Changes:
    """For somebody who plans every milestone of the old version in full."""
    planned = {m.key: m.hours for m in OLD.milestones}
    return changes(made("baker", new), Holding(planned, frozenset(), frozenset(), states or {}), outline(OLD))


def renamed(old: str, new: str, **more: object) -> Steps:
    """The baker's path with one milestone under another key."""
    return {(new if key == old else key): ({**body, "formerly": [old], **more} if key == old else body)
            for key, body in baker().items()}  # fmt: skip


def without_needs(steps: Steps) -> Steps:
    return {key: {name: value for name, value in body.items() if name != "needs"} for key, body in steps.items()}


def test_the_same_version_changes_nothing() -> None:
    assert not told(baker())
    assert in_short(told(baker())) == ""


def test_a_better_title_or_summary_is_no_news() -> None:
    new = baker()
    new["oven"] |= {"title": "The stone oven", "summary": "Hot."}
    assert not told(new)


def test_what_is_new_is_added() -> None:
    found = told(baker() | {"crust": step(12, 2, title="Crust")})
    assert ([m.key for m in found.added], in_short(found)) == (["crust"], "1 added")


def test_what_was_credited_or_put_aside_is_not_new() -> None:
    planned = {"kneading": 20.0, "proving": 30.0, "rolls": 25.0}
    holding = Holding(planned, frozenset({"hygiene", "oven"}), frozenset(), {})
    assert not changes(made("baker", baker()), holding, outline(OLD))


def test_what_is_retired_leaves_only_where_it_was_not_begun() -> None:
    new = without_needs(baker())
    new["proving"]["retired"] = True
    assert [m.key for m in told(new).retired] == ["proving"]
    for state in ("doing", "done"):
        found = told(new, {"proving": state})
        assert ([m.key for m in found.kept], found.retired) == (["proving"], ())
        assert not found, "nothing would change"


def test_another_key_with_another_title_is_a_rename() -> None:
    new = without_needs(renamed("proving", "rising", title="Rising"))
    assert [(m.key, title) for m, title in told(new).renamed] == [("rising", "Proving")]
    assert not told(without_needs(renamed("proving", "rising")))


def test_other_hours_are_told_for_what_is_open_alone() -> None:
    new = baker()
    new["oven"]["hours"], new["hygiene"]["hours"] = 18, 12
    found = told(new, {"hygiene": "done"})
    assert [(m.key, before, now) for m, before, now in found.reestimated] == [("oven", 15, 18)]


def test_half_credit_is_compared_with_half() -> None:
    holding = Holding({m.key: m.hours for m in OLD.milestones} | {"oven": 7.5}, frozenset(), frozenset({"oven"}), {})
    assert not changes(OLD, holding, outline(OLD))


def test_another_phase_is_a_move() -> None:
    new = baker()
    new["oven"]["phase"] = 1
    assert [(m.key, before) for m, before in told(new).moved] == [("oven", 2)]


@pytest.mark.parametrize("key", ["loaf", "rolls"], ids=["under a new key", "into one that was there"])
def test_two_that_become_one_are_merged(key: str) -> None:
    new = without_needs(baker())
    body = new.pop("rolls")
    formerly = [old for old in ("oven", "rolls") if old != key]
    del new["oven"]
    found = told(new | {key: body | {"formerly": formerly, "title": "Loaf", "hours": 35}})
    assert in_short(found) == "1 merged"
    assert [(m.key, set(titles)) for m, titles in found.merged] == [(key, {"The oven", "Rolls"})]


def test_several_changes_are_counted_in_one_line() -> None:
    new = without_needs(renamed("proving", "rising", title="Rising")) | {"crust": step(12, 2, title="Crust")}
    new["oven"] |= {"hours": 20, "phase": 1}
    assert in_short(told(new)) == "1 added, 1 renamed, 1 re-estimated, 1 moved"


def test_a_path_file_cannot_use_the_keys_that_learners_add() -> None:
    with pytest.raises(CatalogError, match="own-oven: keys that begin with own- are for what learners add"):
        load_path(written("baker", {"own-oven": step(3, title="Oven")}), "baker.yaml")
