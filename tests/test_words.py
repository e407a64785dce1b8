"""How amounts and far dates read."""

from __future__ import annotations

import datetime as dt

import pytest

from tracker import language, words
from tracker.guide import saying
from tracker.reminders.forms import zones

TODAY = dt.date(2027, 3, 1)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((60, 90, 120), ["late April 2027", "late May 2027", "late June 2027"]),
        ((60, 200, 366), ["April 2027", "September 2027", "March 2028"]),
        ((300, 2000, 4000), ["2027", "2032", "2038"]),
    ],
)
def test_a_forecast_is_said_in_one_grain_the_coarser_the_farther(days: tuple[int, ...], said: list[str]) -> None:
    assert words.outlook([TODAY + dt.timedelta(days=count) for count in days], TODAY) == said


@pytest.mark.parametrize(("count", "said"), [(8.7, "8.7"), (9.0, "9"), (23.96, "24"), (34.8, "35"), (261.8, "262")])
def test_many_months_have_no_tenths(count: float, said: str) -> None:
    assert words.months(count) == said


@pytest.mark.parametrize(("value", "said"), [(7.5, "7.5 h"), (12, "12 h"), (936.0, "936 h"), (1040, "1,040 h")])
def test_hours_read_alike_on_pages_and_in_the_guide(value: float, said: str) -> None:
    assert words.hours(value) == said


@pytest.mark.parametrize(
    ("locale", "amount", "spread", "short"),
    [
        ("en_GB", "$120,000", "€53,000–71,000", "$87.5k"),
        ("en_DE", "120.000\u00a0$", "53.000–71.000\u00a0€", "87,5k\u00a0$"),
        ("en_CH", "$\u00a0120’000", "€\u00a053’000–71’000", "$\u00a087.5k"),
    ],
)
def test_money_has_its_symbol_where_the_country_writes_it(locale: str, amount: str, spread: str, short: str) -> None:
    with language.speaking(locale):
        assert saying.money(120_000, "USD") == amount
        assert saying.money_range(53_000, 71_000, "EUR") == spread
        assert saying.thousands(87_500, "USD") == short


def test_a_currency_of_letters_never_touches_its_figure() -> None:
    assert saying.money(1200, "CHF") == "CHF\u00a01,200"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "Berlin"), ("America/New_York", "New York"), ("UTC", "UTC"), ("Asia/Calcutta", "Kolkata"),
        ("Europe/Kiev", "Kyiv"), ("America/Argentina/Buenos_Aires", "Buenos Aires"), ("Pacific/Auckland", "Auckland"),
    ],
)  # fmt: skip
def test_a_zone_is_called_by_its_citys_present_name(zone: str, said: str) -> None:
    assert words.place(zone) == said


def test_every_zone_has_a_name() -> None:
    for zone in zones():
        assert words.place(str(zone.value))
