"""Path files into a Catalog, read once at start. A fault names the file, the line and what is wrong."""

from __future__ import annotations

import hashlib
import json
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tracker.catalog.reading import BadText, Lines, decode, read_yaml
from tracker.catalog.rules import Problem, problems_between, problems_of
from tracker.catalog.schema import Catalog, Path

KEYED = ("phases", "starting_points", "goals", "milestones")
"""Written in the file as key → body, so that the permanent keys stand out; tuples of models in the Path."""

MAX_SHOWN = 40
MAX_FAULTS = 50
"""Nobody reads more at once, and a learner's own text could be made to have a hundred thousand."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class CatalogError(Exception):
    """One or more path files cannot be used."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def load_catalog(folder: pathlib.Path) -> Catalog:
    """All path files of a folder. Raises CatalogError with the faults of all of them."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise CatalogError([Fault(str(folder), 1, "There are no path files (*.yaml) in this folder.")])
    paths, faults = _load_all(files, whole=True)
    if faults:
        raise CatalogError(faults)
    return Catalog(paths={slug: path.beside(paths.values()) for slug, path in paths.items()})


def check(files: Sequence[pathlib.Path], *, whole: bool = False) -> list[Fault]:
    """Everything that is wrong with these files, file by file; empty when they can be used.

    ``whole`` says that they are all paths of a site, so that what one says of another can be looked at, too.
    """
    return _load_all(files, whole=whole)[1]


def _load_all(files: Sequence[pathlib.Path], *, whole: bool) -> tuple[dict[str, Path], list[Fault]]:
    """The sound paths, by their slugs, and what is wrong with the others."""
    paths: dict[str, Path] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            paths[file.stem] = load_file(file)
        except CatalogError as error:
            faults += error.faults
    if whole and not faults:  # beside a broken file its neighbours would be told what they miss in it
        faults = _between(files, paths)
    return paths, faults


def _between(files: Iterable[pathlib.Path], paths: Mapping[str, Path]) -> list[Fault]:
    """What does not hold between the paths of a whole site."""
    broken = problems_between(paths)
    found: list[Fault] = []
    for file in files:
        if problems := broken.get(file.stem):
            lines = Lines(decode(file.read_bytes()))
            found += (Fault(str(file), lines.of(p.loc), p.message) for p in problems)
    return found


def load_file(file: pathlib.Path) -> Path:
    """One path file."""
    try:
        text = decode(file.read_bytes())
    except OSError as fault:
        raise CatalogError([Fault(str(file), 1, f"The file cannot be read: {fault.strerror}.")]) from fault
    except BadText as fault:
        raise CatalogError([Fault(str(file), fault.line, fault.message)]) from fault
    return load_path(text, str(file))


def load_path(text: str, name: str) -> Path:
    """A path from its YAML text; ``name`` is the file's, whose stem the slug repeats."""
    return _load(text, name, pathlib.PurePath(name).stem)


def load_text(text: str, name: str) -> Path:
    """A learner's own path, whose slug may be anything."""
    return _load(text, name, None)


def _load(text: str, name: str, stem: str | None) -> Path:
    try:
        raw = read_yaml(text)
    except BadText as fault:
        raise CatalogError([Fault(name, fault.line, fault.message)]) from fault
    problems: list[Problem] = []
    path = _path(raw, stem, problems)
    if problems or path is None:
        lines = Lines(text)
        raise CatalogError(Fault(name, lines.of(p.loc), p.message) for p in problems[:MAX_FAULTS])
    return path


def _path(raw: object, stem: str | None, problems: list[Problem]) -> Path | None:
    if not isinstance(raw, dict):
        problems.append(Problem((), "A path file should be a mapping of fields."))
        return None
    for name in ("version", "twins"):
        if name in raw:
            problems.append(Problem((name,), f"The field {name} is worked out from the content; leave it out."))
            return None
    try:
        path = Path.model_validate(dict(_shaped(raw, problems)))
    except ValidationError as error:
        problems += (Problem(detail["loc"], _sentence(detail)) for detail in error.errors())
        return None
    if problems:  # what was not even a mapping would only be reported twice
        return None
    problems += problems_of(path)
    if stem is not None and path.slug != stem:
        problems.append(Problem(("slug",), f"The slug {path.slug} should be the file's name, {stem}."))
    return path.model_copy(update={"version": _version(path)})


def _version(path: Path) -> str:
    """Changes with what the file says, not with how it is laid out or commented, nor with what the guide tells."""
    content = json.dumps(path.model_dump(mode="json", exclude={"version", "guide"}), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _shaped(raw: dict[Any, Any], problems: list[Problem]) -> Iterator[tuple[str, object]]:
    """The file's mappings by key as the models have them."""
    for field, value in raw.items():
        if field in KEYED:
            yield field, _entries((field,), value, problems)
        elif field == "resources" and isinstance(value, dict):
            yield field, dict(zip(value, _entries((field,), value, problems), strict=True))
        else:
            yield str(field), _tuples(value)


def _entries(loc: tuple[str | int, ...], value: object, problems: list[Problem]) -> Any:
    """A mapping of key → body as a tuple of bodies that know their key."""
    if not isinstance(value, dict):
        problems.append(Problem(loc, f"{loc[-1]} should be a mapping of permanent keys to what they stand for."))
        return ()
    entries: list[object] = []
    for index, (key, body) in enumerate(value.items()):
        here = (*loc, index)
        if loc[-1] == "done_when":
            entries.append({"key": key, "text": body})
        elif not isinstance(body, dict):
            entries.append(body)
        else:
            if "key" in body:
                problems.append(Problem((*here, "key"), "The key is the entry's own name; leave this out."))
            shaped = {field: _tuples(part) for field, part in body.items()}
            if "done_when" in body:
                shaped["done_when"] = _entries((*here, "done_when"), body["done_when"], problems)
            entries.append({**shaped, "key": key})
    return tuple(entries)


def _tuples(value: object) -> object:
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


# by pydantic's names of what is wrong; what is not listed is told in pydantic's own words
_SENTENCES = {
    "missing": "The field {field} is missing.",
    "extra_forbidden": "There is no field called {field} here.",
    "literal_error": "{field} should be {expected}, not {given}.",
    "string_type": "{field} should be text, not {given}.",
    "string_too_short": "{field} should not be empty.",
    "string_too_long": "{field} should have at most {max_length} characters.",
    "int_type": "{field} should be a whole number, not {given}.",
    "float_type": "{field} should be a number, not {given}.",
    "bool_type": "{field} should be true or false, not {given}.",
    "date_type": "{field} should be a date such as 2026-08-02, not {given}.",
    "tuple_type": "{field} should be a list, not {given}.",
    "dict_type": "{field} should be a mapping, not {given}.",
    "mapping_type": "{field} should be a mapping, not {given}.",
    "model_type": "This should be a mapping of fields, each with its name.",
    "model_attributes_type": "This should be a mapping of fields, each with its name.",
    "invalid_key": "This should be a mapping of fields, each with its name.",
    "greater_than": "{field} should be more than {gt}, not {given}.",
    "greater_than_equal": "{field} should be at least {ge}, not {given}.",
    "less_than_equal": "{field} should be at most {le}, not {given}.",
    "value_error": "{error}",
}


def _sentence(detail: ErrorDetails) -> str:
    """One plain sentence for what pydantic found."""
    names = [part for part in detail["loc"] if isinstance(part, str) and part != "[key]"]
    said = _SENTENCES.get(detail["type"], "{field}: " + detail["msg"].replace("{", "(").replace("}", ")") + ".")
    about = {"field": names[-1] if names else "this", "given": _shown(detail["input"]), **detail.get("ctx", {})}
    return said.format_map(about)


def _shown(value: object) -> str:
    """What somebody wrote, shortly."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case tuple() | list():
            return "a list"
        case dict():
            return "a mapping"
        case str():
            return repr(value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "…")
        case _:
            return str(value)[:MAX_SHOWN]
