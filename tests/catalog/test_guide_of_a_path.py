"""A path's guide is data: every claim has its source, and a slip is told with its line."""

from __future__ import annotations

import pathlib

import pytest

from tests.catalog.small_path import GUIDED, SMALL, broken, broken_guide
from tracker.catalog.loader import CatalogError, check, load_catalog, load_path

START = SMALL.count("\n") + 1
"""The line before the guide's first."""

COMPARED = """\
  comparisons:
    {}: {{ title: Beside another, points: [{{ text: Both knead., source: page }}] }}
  law:"""

BREAKS = [
    # what it is, old text, new text, line of the guide, part of the message
    ("a claim without a source", "source: page }\n  profession", "}\n  profession", 4, "The field source is missing"),
    ("an unknown source", "early., source: page", "early., source: blog", 6, "blog, which is not one of its sources"),
    ("an unknown source of pay", 'source: page, as_of: "2025"', 'source: pay, as_of: "2025"', 11, "names pay, which"),
    ("an unknown milestone of a skill", "[mixing]", "[milling]", 14, "milling, which is not a milestone"),
    ("a skill that nothing builds", "[mixing]", "[]", 14, "at least one entry"),
    ("a story that starts nowhere", "starting_point: beginner", "starting_point: miller", 27, "not a starting point"),
    ("pay that falls", "middle: 25000", "middle: 35000", 11, "should rise from low over middle to high"),
    ("pay without a figure", "low: 20000, middle: 25000, high: 30000, ", "", 11, "a low, a middle or a high figure"),
    ("pay in words", "low: 20000", "low: much", 11, "low should be a whole number, not 'much'"),
    ("pay in an unknown currency", "currency: EUR", "currency: BEF", 11, "currency should be 'EUR'"),
    ("pay without a date", ', as_of: "2025"', "", 11, "The field as_of is missing"),
    ("a year that is a number", 'year: "2025"', "year: 2025", 42, "year should be text, not 2025"),
    ("a legal date that is text", "date: 2026-08-02", "date: soon", 38, "date should be a date such as 2026-08-02"),
    ("a legal date that is none", "date: 2026-08-02", "date: 2026-02-31", 38, "put it in quotes"),
    ("a part that does not exist", "  call:", "  plea: x\n  call:", 40, "no field called plea"),
    ("a call that is missing", "  call: { title: Ready?, text: Go., button: Go }\n", "", 1, "field call is missing"),
    ("a skill with a key in capitals", "doughs:", "Doughs:", 14, "small letters and digits"),
    ("a path compared with itself", "  law:", COMPARED.format("baker"), 34, "with itself"),
]  # fmt: skip


def test_the_guided_path_is_sound() -> None:
    guide = load_path(GUIDED, "baker.yaml").guide
    assert guide
    assert guide.pay["europe"].rows[0].middle == 25000


def test_a_path_needs_no_guide() -> None:
    assert load_path(SMALL, "baker.yaml").guide is None


@pytest.mark.parametrize(
    ("old", "new", "line", "message"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS]
)
def test_a_broken_guide_names_the_line_and_the_reason(old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_path(broken_guide(old, new), "baker.yaml")
    assert [f.line - START for f in caught.value.faults if message in f.message] == [line], caught.value.faults


def test_what_the_guide_says_is_no_new_version_of_the_path() -> None:
    assert load_path(GUIDED, "baker.yaml").version == load_path(SMALL, "baker.yaml").version


def labelled(slug: str, first: str, second: str = "") -> str:
    text = broken("slug: baker", f"slug: {slug}")
    text = text.replace("    resources: [book]\n", f"    resources: [book]\n    shared: {first}\n", 1)
    return text + (f"    shared: {second}\n" if second else "")


def test_two_paths_share_what_bears_the_same_label(tmp_path: pathlib.Path) -> None:
    for slug in ("baker", "cook", "waiter"):
        (tmp_path / f"{slug}.yaml").write_text(labelled(slug, "mixing-dough") if slug != "waiter" else SMALL)
    (tmp_path / "waiter.yaml").write_text(broken("slug: baker", "slug: waiter"))
    catalog = load_catalog(tmp_path)
    baker, cook = catalog.paths["baker"], catalog.paths["cook"]
    mixing, baking = baker.milestones
    assert [(path.slug, m.key) for path, m in catalog.same_work(baker, mixing)] == [("cook", "mixing")]
    assert [(path.slug, m.key) for path, m in catalog.same_work(cook, cook.milestones[0])] == [("baker", "mixing")]
    assert catalog.same_work(baker, baking) == ()


def test_a_label_that_only_one_path_bears_is_a_slip(tmp_path: pathlib.Path) -> None:
    baker, cook = tmp_path / "baker.yaml", tmp_path / "cook.yaml"
    baker.write_text(labelled("baker", "mixing-dough"))
    cook.write_text(labelled("cook", "mixing-doughs"))
    assert check([baker, cook]) == []
    said = [str(fault) for fault in check([baker, cook], whole=True)]
    assert said == [
        f"{baker}:40: mixing bears the label mixing-dough, which no other path has.",
        f"{cook}:40: mixing bears the label mixing-doughs, which no other path has.",
    ]
    with pytest.raises(CatalogError, match="which no other path has"):
        load_catalog(tmp_path)


def test_of_a_broken_file_only_its_own_mistake_is_told(tmp_path: pathlib.Path) -> None:
    baker, cook = tmp_path / "baker.yaml", tmp_path / "cook.yaml"
    baker.write_text(labelled("baker", "mixing-dough"))
    cook.write_text(labelled("cook", "mixing-dough").replace("slug: cook", "slug: chef"))
    assert len(check([baker, cook], whole=True)) == 1
    with pytest.raises(CatalogError) as told:
        load_catalog(tmp_path)
    assert len(told.value.faults) == 1
    assert "cook.yaml" in str(told.value)


def test_a_label_stands_once_in_a_path() -> None:
    with pytest.raises(CatalogError, match=r"baker.yaml:54: baking and mixing bear the same label, dough\."):
        load_path(labelled("baker", "dough", "dough"), "baker.yaml")


def test_a_comparison_names_a_path_of_the_site(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "baker.yaml"
    file.write_text(broken_guide("  law:", COMPARED.format("cook")))
    (fault,) = check([file], whole=True)
    assert fault.line == START + 34
    assert fault.message == "The guide compares with cook, which is not a path here."
