"""A file that cannot be used says which file, which line and why."""

from __future__ import annotations

import pathlib

import pytest

from tests.catalog.small_path import SMALL, broken
from tracker.catalog.check import check
from tracker.catalog.loader import CatalogError, Fault, load_catalog, load_path

BREAKS = [
    # what it is, old text, new text, line, part of the message
    ("an unknown need", "needs: [mixing]", "needs: [milling]", 49, "needs milling, which is not a milestone"),
    ("an unknown resource", "resources: [book]", "resources: [blog]", 39, "blog, which is not a resource"),
    (
        "an unknown starting point",
        "{beginner: full}",
        "{miller: full}",
        40,
        "miller, which is not a starting point",
    ),
    ("an unknown treatment", "{beginner: full}", "{beginner: most}", 40, "beginner should be 'full', 'half'"),
    ("a milestone of no phase", "phase: 1", "phase: 2", 29, "phase 2, which is missing"),
    ("a phase that is not numbered in order", "number: 1", "number: 2", 6, "numbered 1, 2, 3"),
    ("no hours", "hours: 10", "hours: 0", 32, "more than 0 and at most 400, not 0"),
    ("too many hours", "hours: 20", "hours: 401", 45, "more than 0 and at most 400, not 401"),
    ("hours that are no number", "hours: 10", "hours: .nan", 32, "not nan"),
    ("hours in words", "hours: 10", "hours: ten", 32, "hours: input should be a valid number"),
    ("an address for a script", "https://example.org/book", "javascript:alert(1)", 24, "begin with https://"),
    ("an address without a host", "https://example.org/book", "https:///book", 24, "begin with https://"),
    ("too few criteria", "      crust: Your loaf has a crust.\n", "", 50, "at least 2 things"),
    (
        "months the wrong way round",
        "tagline:",
        "min_months: 30\ntagline:",
        3,
        "(30) are more than the most (24)",
    ),
    ("a job search the wrong way round", "tagline:", "job_search_min_months: 11\ntagline:", 3, "job search"),
    ("months with a hyphen", "months: 1–3", "months: 1-3", 11, "en dash"),
    ("a milestone given twice", "  baking:", "  mixing:", 41, "The key mixing is given twice"),
    ("a criterion given twice", "crust: Y", "loaf: Y", 52, "The key loaf is given twice"),
    ("a former key that is in use", "needs: [mixing]", "formerly: [mixing]", 49, "mixing is used elsewhere"),
    ("a missing field", "    title: Baking\n", "", 41, "The field title is missing"),
    ("a field with a slip in it", "title: Baking", "titel: Baking", 43, "no field called titel"),
    ("a key with capitals", "  baking:", "  Baking:", 41, "small letters and digits"),
    ("a key inside the body", "title: Baking", "key: baking\n    title: Baking", 43, "leave this out"),
    ("a truth value for text", "title: Baking", "title: yes", 43, "title should be text, not True"),
    ("a kind that is none", "kind: project", "kind: feast", 44, "kind should be"),
    ("a version by hand", "title: Baker", "version: '1'\ntitle: Baker", 2, "leave it out"),
    ("a slug unlike the file's name", "slug: baker", "slug: butcher", 1, "should be the file's name, baker"),
    (
        "a list for a mapping",
        "milestones:\n",
        "milestones: []\nmore:\n",
        27,
        "milestones should be a mapping",
    ),
    ("a milestone without a body", "  mixing:\n", "  milling: 3\n  mixing:\n", 28, "a mapping of fields"),
    ("an anchor", "resources: [book]", "resources: &all [book]", 39, "Anchors and aliases"),
    ("an alias", "resources: [book]", "resources: *all", 39, "Anchors and aliases"),
    ("a tag that makes objects", "title: Baking", "title: !!python/name:os.system x", 43, "not valid YAML"),
    ("a bracket left open", "topics: [Flour]", "topics: [Flour", 15, "not valid YAML"),
    ("a tab for spaces", "    title: Baking", "\ttitle: Baking", 43, "not valid YAML"),
    ("a second document", "resources:\n  book", "---\nresources:\n  book", 21, "not valid YAML"),
    ("a control character", "title: Baking", "title: Bak\x07ing", 43, "not allowed"),
    ("a date that is none", "title: Baking", "title: 2026-02-31", 43, "put it in quotes"),
    ("flow nesting without end", "topics: [Flour]", "topics: " + "[" * 50_000, 13, "nested deeper"),
    ("block nesting without end", "topics: [Flour]", "topics:\n      " + "- " * 50_000, 14, "nested deeper"),
]


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(CatalogError) as caught:
        load_path(text, "baker.yaml")
    return caught.value.faults


def test_the_small_path_is_sound() -> None:
    assert load_path(SMALL, "baker.yaml").hours == 30


@pytest.mark.parametrize(
    ("old", "new", "line", "message"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS]
)
def test_a_broken_file_names_the_line_and_the_reason(old: str, new: str, line: int, message: str) -> None:
    faults = faults_of(broken(old, new))
    assert [f.line for f in faults if message in f.message] == [line], faults
    assert {f.file for f in faults} == {"baker.yaml"}


def test_needs_in_a_circle_are_told_in_order() -> None:
    (fault,) = faults_of(broken("    resources: [book]", "    needs: [baking]\n    resources: [book]"))
    assert fault.line == 39
    assert "mixing needs baking" in fault.message
    assert "baking needs mixing" in fault.message


def test_a_phase_without_milestones_is_named() -> None:
    text = broken(
        "starting_points:",
        SMALL[SMALL.index("  dough:") : SMALL.index("starting_points:")] + "starting_points:",
    )
    text = text.replace("  dough:", "  oven:", 2).replace("  oven:", "  dough:", 1).replace("number: 1", "number: 2", 2)
    text = text.replace("number: 2", "number: 1", 1)
    (fault,) = faults_of(text)
    assert fault.line == 15
    assert fault.message == "Phase 2 (Dough) has no milestones."


def test_a_need_that_is_retired_is_named() -> None:
    (fault,) = faults_of(broken("    resources: [book]", "    retired: true\n    resources: [book]"))
    assert fault.message == "baking needs mixing, which is retired."


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = broken("hours: 10", "hours: 0").replace("kind: project", "kind: feast")
    assert [fault.line for fault in faults_of(text)] == [32, 44]


def test_a_text_with_very_many_faults_is_answered_shortly() -> None:
    text = broken("title: Baking", "title: Baking\n" + "\n".join(f"    x{n}: 1" for n in range(2000)))
    assert len(faults_of(text)) == 50


@pytest.mark.parametrize("text", ["", "[]", "bread", "3"])
def test_a_text_that_is_no_mapping_is_refused(text: str) -> None:
    (fault,) = faults_of(text)
    assert str(fault) == "baker.yaml:1: A path file should be a mapping of fields."


def test_a_text_that_is_too_large_or_no_unicode_is_refused() -> None:
    assert "larger than 1 MB" in faults_of("#" * 1_000_001)[0].message
    assert str(faults_of("a: 1\nb: \ud800")[0]) == "baker.yaml:2: This line is not UTF-8 text."


def test_a_renamed_milestone_is_found_by_its_former_key() -> None:
    path = load_path(broken("needs: [mixing]", "formerly: [oven-work]"), "baker.yaml")
    assert path.milestone("oven-work") == path.milestone("baking")


def test_a_retired_milestone_is_found_but_counts_no_more() -> None:
    path = load_path(broken("needs: [mixing]", "retired: true"), "baker.yaml")
    assert path.milestone("baking") in path.milestones
    assert (path.hours, len(path.active), len(path.in_phase(1))) == (10, 1, 1)


def test_a_folder_tells_the_faults_of_all_its_files(tmp_path: pathlib.Path) -> None:
    (tmp_path / "baker.yaml").write_text(broken("hours: 10", "hours: 0"))
    (tmp_path / "broken.yaml").write_bytes(b"slug: broken\ntitle: \xff\n")
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(CatalogError) as caught:
        load_catalog(tmp_path)
    assert str(caught.value).splitlines() == [
        f"{tmp_path}/baker.yaml:32: The hours should be more than 0 and at most 400, not 0.",
        f"{tmp_path}/broken.yaml:2: This line is not UTF-8 text.",
        f"{tmp_path}/large.yaml:1: The file is larger than 1 MB.",
    ]


def test_an_empty_folder_is_a_fault(tmp_path: pathlib.Path) -> None:
    with pytest.raises(CatalogError, match="no path files"):
        load_catalog(tmp_path)


def test_a_check_tells_every_fault_and_nothing_of_a_sound_file(tmp_path: pathlib.Path) -> None:
    sound, missing = tmp_path / "baker.yaml", tmp_path / "missing.yaml"
    sound.write_text(SMALL)
    assert check([sound]) == []
    assert [str(fault) for fault in check([sound, missing])] == [
        f"{missing}:1: The file cannot be read: No such file or directory."
    ]
