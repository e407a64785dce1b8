"""Search over paths, milestones, resources and the guides. Pure, in memory: a few hundred entries, read once.

Every word of the question has to occur, as it is or as a beginning; case and accents do not matter. Words in a
title count more than words in a text, whole words more than beginnings.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tracker.catalog.guide import Claims, Guide, Skill
from tracker.catalog.schema import Catalog, Milestone, Path
from tracker.guide.saying import a
from tracker.language import gettext_noop

LONGEST = 100
"""Characters of a question: a few words find anything here."""
MOST_WORDS = 8
MOST_HITS = 40
CLOSE = 0.75
"""How alike two words are for one to be offered instead of the other, from 0 to 1."""
KINDS = (gettext_noop("path"), gettext_noop("milestone"), gettext_noop("resource"), gettext_noop("guide"),
         gettext_noop("question"), gettext_noop("story"), gettext_noop("myth"))  # fmt: skip
"""Of entries, as pages call them. Their texts are the path files' own and stay in the language of these."""
WORD = re.compile(r"\w+(?:[+#]+)?")
IN_TITLE, IN_TEXT, IN_CONTEXT = 10, 3, 1
WHOLE, BEGINNING = 2, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found."""

    kind: str
    """path, milestone, resource, or a part of the guide: guide, question, story, myth"""
    title: str
    text: str
    path: Path
    key: str = ""
    """Of a milestone its key, of a part of the guide its anchor, of a resource the milestone that it is for."""
    url: str = ""
    """Of a resource, elsewhere."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, and how well it fits."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class _Indexed:
    entry: Entry
    title: tuple[str, ...]
    text: frozenset[str]
    context: frozenset[str]


class Index:
    """All entries with their words, made once from the catalogue."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(_indexed(entry) for entry in entries)
        self._words = sorted({word for e in self._entries for word in (*e.title, *e.text)})

    def find(self, question: str, *more: Index) -> list[Hit]:
        """The best entries, of this index and of ``more``; equal ones in their order. No question finds nothing."""
        wanted = words_of(question)[:MOST_WORDS]
        if not wanted:
            return []
        hits = [hit for index in (self, *more) for hit in index.scored(wanted)]
        return sorted(hits, key=lambda hit: -hit.score)[:MOST_HITS]

    def scored(self, wanted: list[str]) -> list[Hit]:
        """Every entry in which all these words occur."""
        return [Hit(e.entry, score) for e in self._entries if (score := _score(e, wanted))]

    def instead(self, question: str) -> str:
        """A question that finds something, its unknown words replaced by what they are most like; or nothing."""
        wanted = [self._nearest(word) for word in words_of(question)[:MOST_WORDS]]
        offered = " ".join(word for word in wanted if word)
        return offered if offered and self.find(offered) else ""

    def _nearest(self, word: str) -> str:
        if any(known.startswith(word) for known in self._words):
            return word
        return next(iter(difflib.get_close_matches(word, self._words, 1, CLOSE)), "")


def words_of(text: str) -> list[str]:
    """The words of a text, small and without accents: Gradienten-Abstieg is gradienten, abstieg."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return WORD.findall(plain.casefold())


def _indexed(entry: Entry) -> _Indexed:
    context = (*words_of(entry.kind), *words_of(entry.path.title))
    return _Indexed(entry, tuple(words_of(entry.title)), frozenset(words_of(entry.text)), frozenset(context))


def _score(indexed: _Indexed, wanted: list[str]) -> float:
    total = 0.0
    for word in wanted:
        best = max(
            IN_TITLE * _fits(word, indexed.title),
            IN_TEXT * _fits(word, indexed.text),
            IN_CONTEXT * _fits(word, indexed.context),
        )
        if not best:
            return 0.0
        total += best
    if list(indexed.title[: len(wanted)]) == wanted:
        total += IN_TITLE
    total += 0 if indexed.entry.kind == "resource" else 1  # what to learn before where to learn it
    # of two titles that hold the words, the shorter one is more about them
    return total + 1 / (1 + len(indexed.title))


def _fits(word: str, among: Iterable[str]) -> int:
    found = 0
    for other in among:
        if other == word:
            return WHOLE
        if other.startswith(word):
            found = BEGINNING
    return found


@functools.lru_cache(maxsize=2)
def index_of(catalog: Catalog) -> Index:
    """The index of a catalogue; made when it is first asked for."""
    return Index(entry for path in catalog.paths.values() for entry in _entries(path))


@functools.lru_cache(maxsize=64)
def index_of_own(path: Path) -> Index:
    """The index of a path that somebody wrote: its milestones and resources."""
    return Index(entry for entry in _entries(path) if entry.kind != "guide")


def index_of_added(paths: Iterable[Path]) -> Index:
    """The index of what a learner added to their plans themselves."""
    return Index(_milestone(path, m) for path in paths for m in path.active if m.is_own)


def _milestone(path: Path, milestone: Milestone) -> Entry:
    criteria = " ".join(criterion.text for criterion in milestone.done_when)
    return Entry("milestone", milestone.title, f"{milestone.summary} {criteria}", path, milestone.key)


def _entries(path: Path) -> Iterator[Entry]:
    yield Entry("path", path.title, f"{path.tagline} {path.summary}", path)
    for milestone in path.active:
        yield _milestone(path, milestone)
    yield from _of_the_guide(path)
    for resource in path.resources.values():
        users = [m for m in path.active if resource.key in m.resources]
        if users:
            about = " ".join(m.title for m in users)
            yield Entry("resource", resource.name, about, path, users[0].key, resource.url)


def _of_the_guide(path: Path) -> Iterator[Entry]:
    for phase in path.phases:
        yield Entry("guide", phase.title, " ".join((phase.summary, *phase.topics, *phase.projects)), path, phase.key)
    guide = path.guide
    if guide is None:
        return
    for key, asked in guide.questions.items():
        yield Entry("question", asked.question, _text(asked.answer), path, f"question-{key}")
    for title, text, anchor in (
        (f"What {a(path.title)} does", _text(guide.profession), "profession"),
        ("What it pays: salary", " ".join(row.place for table in guide.pay.values() for row in table.rows), "pay"),
        ("Technical and soft skills", " ".join(s.title for s in _skills(guide)), "skills"),
        ("The market in Europe", _text(guide.market), "market"),
        ("Training, job search, education, English, demand", _facts(guide), "facts"),
    ):
        yield Entry("guide", title, text, path, anchor)
    for other in guide.comparisons.values():
        yield Entry("guide", f"{path.title} or {other.title}", _text(other.points), path, "compared")
    for story in guide.stories.values():
        yield Entry("story", f"{story.name}, {story.was}", " ".join(story.text), path, "stories")
    for myth in guide.myths:
        yield Entry("myth", myth.myth, myth.reality, path, "myths")
    if guide.law:
        dates = " ".join(step.applies for step in guide.law.dates)
        yield Entry("guide", guide.law.title, f"{_text(guide.law.claims)} {dates}", path, "law")


def _text(claims: Claims) -> str:
    return " ".join(claim.text for claim in claims)


def _skills(guide: Guide) -> Iterator[Skill]:
    yield from guide.skills.technical.values()
    yield from guide.skills.soft.values()


def _facts(guide: Guide) -> str:
    facts = guide.facts
    listed = (facts.training, facts.job_search, facts.education, facts.english, facts.demand)
    return " ".join(f"{fact.figure}: {_text(fact.claims)}" for fact in listed)
