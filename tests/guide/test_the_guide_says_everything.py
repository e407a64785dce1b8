"""The career guide tells every fact of the page that it starts from, and every figure that was checked beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import pytest
from pydantic import BaseModel

from tests.guide.source_facts import CHECKED, SOURCE_PAGE, Fact, missing, plain
from tests.people import path_of
from tracker.catalog.schema import Catalog


def words(value: object) -> Iterator[str]:
    """Every text and number of a part of the catalogue."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from words(getattr(value, name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from words(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from words(part)
    elif isinstance(value, str | int | float | dt.date) and not isinstance(value, bool):
        yield str(value)


@pytest.fixture
def told(catalog: Catalog) -> str:
    """What the path file has for the guide: its phases and the guide itself."""
    path = path_of(catalog)
    assert path.guide
    story_months = [f"{story.months} months" for story in path.guide.stories.values()]
    return "\n".join([*words(path.phases), *words(path.guide), *story_months])


@pytest.mark.parametrize("fact", SOURCE_PAGE, ids=str)
def test_the_guide_tells_what_the_source_page_tells(told: str, fact: Fact) -> None:
    assert missing(told, [fact]) == []


@pytest.mark.parametrize("fact", CHECKED, ids=str)
def test_the_guide_tells_what_was_checked(told: str, fact: Fact) -> None:
    assert missing(told, [fact]) == []


def test_every_source_is_named_by_a_claim_or_is_the_text_of_the_law(catalog: Catalog) -> None:
    for path in catalog.paths.values():
        if path.guide is None:
            continue
        named = set(_sources(path.guide))
        assert {key for key in path.guide.sources if key not in named and not key.startswith("ai-act-")} == set()


def _sources(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            part = getattr(value, name)
            if name == "source":
                yield part
            else:
                yield from _sources(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _sources(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _sources(part)


def test_a_fact_that_is_not_told_is_found_out() -> None:
    assert missing("We pay 120,000.", SOURCE_PAGE[:1]) == ["median salary: 160,000"]
    assert plain("<td>€<b>120</b>\u202f000</td><td>9–24&nbsp;months</td>") == " €120000 9-24 months "
