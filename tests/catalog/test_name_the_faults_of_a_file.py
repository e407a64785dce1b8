"""A file that cannot be used says which file, which line and why."""

from __future__ import annotations

import pathlib
import re

import pytest

from tests.catalog.small_path import SMALL, broken
from tracker.catalog.loader import CatalogError, Fault, check, load_catalog, load_path

SENTENCE = re.compile(r"[^\n]{10,240}\.")
"""One line, not too long, with a full stop at its end."""

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
    ("hours in words", "hours: 10", "hours: ten", 32, "hours should be a number, not 'ten'"),
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
    ("a truth value for text", "title: Baking", "title: yes", 43, "title should be text, not true"),
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
    ("a goal that is none", "by_starting_point: {beginner: full}", "by_goal: {fame: later}", 40, "is not a goal"),
    ("a goal that moves nowhere", "by_starting_point: {beginner: full}", "by_goal: {a: soon}", 40, "or 'take-in'"),
    ("goals as a list", "starting_points:", "goals: [a]\nstarting_points:", 15, "goals should be a mapping"),
    ("a label with blanks", "needs: [mixing]", "shared: my dough", 49, "small letters and digits"),
    ("a phase in words", "phase: 1", "phase: one", 29, "phase should be a whole number, not 'one'"),
    ("hours below nothing", "hours: 10", "hours: -5", 32, "more than 0 and at most 400, not -5"),
    ("hours without end", "hours: 10", "hours: .inf", 32, "at most 400, not inf"),
    ("a number of a thousand digits", "hours: 10", "hours: " + "9" * 5000, 32, "put it in quotes"),
    ("an estimate that may be", "estimate: true", "estimate: maybe", 34, "should be true or false, not 'maybe'"),
    ("months in words", "tagline:", "min_months: nine\ntagline:", 3, "a whole number, not 'nine'"),
    ("months below nothing", "tagline:", "min_months: -3\ntagline:", 3, "min_months should be at least 1, not -3"),
    ("a list of starting points", "{beginner: full}", "[beginner]", 40, "should be a mapping, not a list"),
    ("a need that is text", "needs: [mixing]", "needs: mixing", 49, "needs should be a list, not 'mixing'"),
    ("a need that is a mapping", "needs: [mixing]", "needs: {a: b}", 49, "needs should be a list, not a mapping"),
    ("a milestone that needs itself", "needs: [mixing]", "needs: [baking]", 49, "baking needs baking"),
    ("no title", "title: Baking", "title:", 43, "title should be text, not nothing"),
    ("an empty title", "title: Baking", "title: ' '", 43, "title should not be empty"),
    ("a title without end", "title: Baking", "title: " + "x" * 200, 43, "at most 80 characters"),
    ("a key without end", "  baking:", "  " + "b" * 70 + ":", 41, "small letters and digits"),
    ("a key that is a number", "  baking:", "  3:", 41, "key should be text, not 3"),
    ("a key that is a list", "  baking:", "  ? [a, b]\n  :", 41, "unhashable key"),
    ("a criterion that is a number", "You can weigh.", "3", 37, "text should be text, not 3"),
    ("an address that is a number", "https://example.org/book", "3", 24, "url should be text, not 3"),
    ("an address with a blank", "https://example.org/book", "https://example.org/a b", 24, "begin with https://"),
    ("resources as a list", "resources:\n  book:", "resources:\n  - book:", 21, "should be a mapping, not a list"),
    ("a guide that is text", "milestones:\n", "guide: none\nmilestones:\n", 27, "a mapping of fields"),
    ("a quotation mark left open", "title: Baking", "title: 'Baking", 53, "quoted scalar that began in line 43"),
    ("data for text", "title: Baking", "title: !!binary aGVsbG8=", 43, "title should be text"),
    ("a NUL", "title: Baking", "title: Bak\0ing", 43, "not allowed"),
    ("the slug given twice", "milestones:\n", "slug: baker\nmilestones:\n", 27, "The key slug is given twice"),
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
    assert [f.message for f in faults if not SENTENCE.fullmatch(f.message)] == []


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


LAUGHS = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}' if n else 'ha'] * 9)}]" for n in range(9))
"""Nine lines that would become 387 million entries."""


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        (LAUGHS.encode(), 1, "Anchors and aliases (& and *) are not accepted here."),
        (b"#" * 10_000_000, 1, "The file is larger than 1 MB."),
        (SMALL.replace("Bread", "Br\u00f6tchen").encode("latin-1", "replace"), 3, "This line is not UTF-8 text."),
        (SMALL.encode("utf-16"), 1, "This line is not UTF-8 text."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 1, "This line is not UTF-8 text."),
        (b"", 1, "A path file should be a mapping of fields."),
        (b"\t\t\n", 1, "This is not valid YAML: while scanning for the next token that began in line 1, "),
        (b"- slug: baker\n", 1, "A path file should be a mapping of fields."),
        (b"slug: baker\n\0\n", 2, "This is not valid YAML: a character that is not allowed."),
        (b"%YAML 3.0\n---\nslug: baker\n", 1, "This is not valid YAML: found incompatible YAML document."),
    ],
    ids=["laughs", "10 MB", "Latin-1", "UTF-16", "a picture", "nothing", "tabs", "a list", "NUL", "another YAML"],
)
def test_a_file_that_is_no_path_file_at_all_is_answered_alike(
    tmp_path: pathlib.Path, written: bytes, line: int, message: str
) -> None:
    file = tmp_path / "baker.yaml"
    file.write_bytes(written)
    (fault,) = check([file])
    assert str(fault).startswith(f"{file}:{line}: {message}")
    assert SENTENCE.fullmatch(fault.message)


def test_line_ends_and_a_byte_order_mark_of_other_systems_do_no_harm(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "baker.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert check([file]) == []


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
