"""Rows of pay as bars: one scale for each currency, every row with its own source and date. Pure geometry and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracker.catalog.guide import PayFigures, PayTable, Source
from tracker.guide.saying import money, money_range, thousands
from tracker.language import gettext, gettext_noop

WORDS = {
    "EUR": gettext_noop("euros a year, before tax"),
    "USD": gettext_noop("US dollars a year, before tax"),
    "GBP": gettext_noop("pounds a year, before tax"),
    "CHF": gettext_noop("Swiss francs a year, before tax"),
}
LEVELS = {
    "junior": gettext_noop("junior"),
    "mid": gettext_noop("mid-level"),
    "senior": gettext_noop("senior"),
    "all": gettext_noop("all levels"),
}
MONTHS = 12
TOPS = (10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100)
DOT = 1.4
"""Width of the mark for the middle, of a chart that is 100 wide."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row; places on the scale go from 0 to 100."""

    label: str
    about: str
    """How the source draws the level, or whose pay it is."""
    figure: str
    spread: str
    left: float
    width: float
    middle: float | None
    row: PayFigures
    source: Source


@dataclass(frozen=True, slots=True)
class Chart:
    """The rows of one currency."""

    title: str
    scale: tuple[str, ...]
    """What stands below the bars: nothing, the half, the whole."""
    bars: tuple[Bar, ...]


def charts(table: PayTable, sources: Mapping[str, Source]) -> tuple[Chart, ...]:
    """The charts of a table, one for each currency in the order of the rows: amounts of two are never on one scale."""
    currencies = dict.fromkeys(row.currency for row in table.rows)
    return tuple(_chart(c, [row for row in table.rows if row.currency == c], sources) for c in currencies)


def _chart(currency: str, rows: list[PayFigures], sources: Mapping[str, Source]) -> Chart:
    top = _round_up(max(_a_year(row, figure) for row in rows for figure in _figures(row)))
    bars = tuple(_bar(row, top, sources[row.source]) for row in rows)
    scale = tuple(thousands(amount, currency) if amount else "0" for amount in (0, top / 2, top))
    return Chart(gettext(WORDS[currency]), scale, bars)


def _figures(row: PayFigures) -> Iterable[int]:
    return [figure for figure in (row.low, row.middle, row.high) if figure is not None]


def _a_year(row: PayFigures, amount: int) -> int:
    return amount * MONTHS if row.period == "month" else amount


def _round_up(amount: int) -> int:
    """The next amount whose half reads well, too."""
    unit: int = 10 ** (len(str(amount)) - 2)
    return next(top * unit for top in TOPS if top * unit >= amount)


def _bar(row: PayFigures, top: int, source: Source) -> Bar:
    places = [100 * _a_year(row, figure) / top for figure in _figures(row)]
    open_end = row.low is not None and row.high is None and row.middle is None
    right = 100.0 if open_end else places[-1]
    middle = None if row.middle is None else round(100 * _a_year(row, row.middle) / top - DOT / 2, 1)
    return Bar(
        label=place_of(row),
        about=", ".join(part for part in (row.role, row.level_note) if part),
        figure=figure_of(row),
        spread=row.spread_is or "",
        left=round(places[0], 1),
        width=round(right - places[0], 1),
        middle=middle,
        row=row,
        source=source,
    )


def place_of(row: PayFigures) -> str:
    """Germany, senior"""
    return f"{row.place}, {gettext(LEVELS[row.level])}"


def figure_of(row: PayFigures) -> str:
    """$138,000–224,000, median $172,000; from €85,000; about €53,000; €5,536 a month"""
    spread = ""
    if row.low is not None and row.high is not None:
        spread = money_range(row.low, row.high, row.currency)
    elif row.low is not None:
        spread = gettext("from %(amount)s", amount=money(row.low, row.currency))
    elif row.high is not None:
        spread = gettext("up to %(amount)s", amount=money(row.high, row.currency))
    middle = f"{row.middle_is} {money(row.middle, row.currency)}" if row.middle is not None else ""
    said = ", ".join(part for part in (middle, spread) if part)
    return gettext("%(amount)s a month", amount=said) if row.period == "month" else said
