"""Rules of the house that import-linter cannot see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted((ROOT / "tracker").rglob("*.py"))
SETTINGS = [ROOT / "config.py", ROOT / "config_checks.py"]
MAX_LINES = 300
MAX_FUNCTION = 40


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


def calls(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_only_the_clock_reads_the_time() -> None:
    reading = (".now", ".utcnow", ".today", "time.time")
    guilty = [
        f"{relative(file)}: {call}"
        for file in CODE
        if file.name != "clock.py"
        for call in calls(file)
        if call.endswith(reading) and call.split(".")[0] in ("datetime", "dt", "date", "time")
    ]
    assert not guilty


def test_only_transaction_commits() -> None:
    guilty = [relative(f) for f in CODE if f.name != "db.py" and any(c.endswith(".commit") for c in calls(f))]
    assert not guilty


def imported(file: Path) -> set[str]:
    """The packages that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return {name.split(".")[0] for name in plain | {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}}


def test_only_views_forms_and_the_glue_around_them_know_http() -> None:
    """Whoever writes a new file need list it nowhere: what is not named here may not."""
    glue = set(
        "__init__ error_pages fields frame guard headers health httpd serve styleguide trouble web wire words "
        "accounts/login accounts/proof accounts/reader enrolment/asking enrolment/first guide/mine progress/current "
        "progress/saying".split()
    )
    http = {"flask", "flask_login", "flask_wtf", "wtforms", "werkzeug", "waitress"}
    knowing = {file.relative_to(ROOT / "tracker").with_suffix("").as_posix() for file in CODE if imported(file) & http}
    assert {name for name in knowing if not name.endswith(("views", "forms"))} == glue


def test_views_neither_select_nor_commit() -> None:
    guilty = [
        f"{relative(file)}: {call}"
        for file in CODE
        if file.name.endswith("views.py")
        for call in calls(file)
        if call.split(".")[-1] in ("select", "commit", "execute", "scalars", "scalar")
    ]
    assert not guilty


def test_a_view_asks_whether_it_is_a_post() -> None:
    """HEAD carries no token of a form: where whatever is not GET were taken for a POST, a HEAD would change things."""
    guilty = [relative(file) for file in CODE if 'method == "GET"' in file.read_text()]
    assert not guilty


def test_only_one_room_speaks_smtp() -> None:
    guilty = [relative(f) for f in CODE if "import smtplib" in f.read_text() and f.name != "smtp.py"]
    assert not guilty


def test_the_readme_says_where_everything_is() -> None:
    readme = (ROOT / "README.md").read_text()
    rooms = [f"tracker/{each.name}/" for each in (ROOT / "tracker").iterdir() if each.is_dir() and each.name[0] != "_"]
    files = [relative(file) for file in [*SETTINGS, *CODE] if len(file.relative_to(ROOT).parts) < 3]
    named = set(rooms + files) - {"tracker/__init__.py"}
    assert [name for name in sorted(named) if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("file", [*SETTINGS, *CODE], ids=relative)
def test_a_file_is_read_in_one_sitting(file: Path) -> None:
    text = file.read_text()
    assert text.count("\n") <= MAX_LINES
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION
    ]
    assert not long


def test_no_template_has_inline_style_or_script() -> None:
    """The content security policy would refuse it silently. Mail is different: there is no other way."""
    pages = [f for f in (ROOT / "templates").rglob("*.html") if "emails" not in f.parts]
    guilty = [
        relative(file)
        for file in pages
        for text in [file.read_text()]
        if " style=" in text or "<style" in text or " onclick=" in text or "<script>" in text
    ]
    assert pages
    assert not guilty
