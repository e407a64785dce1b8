"""YAML text into plain values, safely: the text may be a learner's own.

libyaml reads fast but its composer recurses in C, so that depth is looked at first, event by event.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import ConstructorError

if TYPE_CHECKING:
    from yaml import SafeLoader as _Loader
else:
    # PyYAML is sometimes built without libyaml; slower, but the same language
    _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
"""A path file needs six levels."""
MAX_VALUES = 30_000
"""Five times the largest of ours. Each becomes an object: a megabyte of nothing but commas would take six seconds."""

Place = Iterable[str | int]


class BadText(Exception):
    """The text is not YAML that is accepted here."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _PathLoader(_Loader):
    """Safe loading, less the things that make a file mean something else than it seems to."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """As inherited, but a key given twice is a fault: YAML silently keeps the last."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise ConstructorError(None, None, f"The key {key.value} is given twice.", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _readable_scalars() -> None:
    """PyYAML's own constructors fail without a line on a 31st of February or an integer of five thousand digits."""
    for kind in ("timestamp", "int", "float"):
        tag = f"tag:yaml.org,2002:{kind}"
        made = _PathLoader.yaml_constructors[tag]

        def construct(loader: Any, node: yaml.ScalarNode, made: Any = made) -> Any:
            try:
                return made(loader, node)
            except (ValueError, OverflowError):
                said = "This date or number cannot be read; put it in quotes."
                raise ConstructorError(None, None, said, node.start_mark) from None

        _PathLoader.add_constructor(tag, construct)


_readable_scalars()


def decode(data: bytes) -> str:
    """The text of a file, of acceptable size."""
    if len(data) > MAX_BYTES:
        raise BadText(1, "The file is larger than 1 MB.")
    try:
        return data.decode()
    except UnicodeDecodeError as fault:
        raise BadText(data.count(b"\n", 0, fault.start) + 1, "This line is not UTF-8 text.") from None


def read_yaml(text: str) -> object:
    """The plain value of one YAML document: mappings, lists, text, numbers and truth values."""
    try:
        if len(text.encode()) > MAX_BYTES:
            raise BadText(1, "The text is larger than 1 MB.")
    except UnicodeEncodeError as fault:
        raise BadText(text.count("\n", 0, fault.start) + 1, "This line is not UTF-8 text.") from None
    try:
        _look_at_events(text)
        return yaml.load(text, Loader=_PathLoader)  # noqa: S506  # it derives from the safe loader
    except yaml.YAMLError as fault:
        raise _bad_text(fault, text) from None


def _look_at_events(text: str) -> None:
    depth = values = 0
    for event in yaml.parse(text, Loader=_PathLoader):
        values += isinstance(event, yaml.NodeEvent)
        if values > MAX_VALUES:
            raise BadText(_line(event), f"The file holds more than {MAX_VALUES:,} values, which no path needs.")
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise BadText(_line(event), "Anchors and aliases (& and *) are not accepted here.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise BadText(_line(event), f"This is nested deeper than {MAX_DEPTH} levels.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _bad_text(fault: yaml.YAMLError, text: str) -> BadText:
    mark = (fault.problem_mark or fault.context_mark) if isinstance(fault, yaml.MarkedYAMLError) else None
    if isinstance(fault, yaml.MarkedYAMLError) and mark is not None:
        problem = fault.problem or "unreadable"
        if problem.endswith("."):
            return BadText(mark.line + 1, problem)
        return BadText(mark.line + 1, f"This is not valid YAML: {_context(fault)}{problem}.")
    position = getattr(fault, "position", None)
    line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
    return BadText(line, "This is not valid YAML: a character that is not allowed.")


def _context(fault: yaml.MarkedYAMLError) -> str:
    """Where what went wrong had begun: a quotation mark left open is noticed only at the end of the file."""
    if not fault.context:
        return ""
    begun = fault.context_mark
    return f"{fault.context} that began in line {begun.line + 1}, " if begun else f"{fault.context}, "


class Lines:
    """Finds the line of a place in a text that was read without fault. Made only when something is wrong."""

    def __init__(self, text: str) -> None:
        self._root: yaml.Node | None = yaml.compose(text, Loader=_PathLoader)

    def of(self, place: Place) -> int:
        """The line of a place; where the place ends early, of what is nearest.

        An index into a mapping means its n-th entry, since keyed entries become tuples in the models.
        """
        node = self._root
        line = node.start_mark.line if node else 0
        for part in place:
            entry = _entry(node, part)
            if entry is None:
                break
            line, node = entry
        return line + 1


def _entry(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item: yaml.Node = node.value[part]
        return item.start_mark.line, item
    if isinstance(node, yaml.MappingNode):
        for index, (key, value) in enumerate(node.value):
            if part in (index, key.value):
                return key.start_mark.line, value
    return None
