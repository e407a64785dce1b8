"""From days and shares to the x and y of the picture. Two shapes, so that no letter has to shrink on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.progress.overview import Overview

DAYS_A_MONTH = 365.25 / 12
MOST_MONTHS = 60
"""What lies beyond this runs out of the picture; its dates are in the text and in the table."""
WIDER_FOR_THE_FORECAST = 1.3

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shape:
    """One drawing's measures, in SVG units."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    """y of nought percent"""


WIDE = Shape(960, 404, 56, 936, 24, 300)
NARROW = Shape(400, 404, 46, 388, 24, 300)


class Scale:
    """Time runs to the right from the start of the plan, the share that is done runs upwards."""

    def __init__(self, overview: Overview, shape: Shape) -> None:
        self.start = overview.start_on
        self.shape = shape
        path = overview.path
        ends = [overview.plan.finish_on, overview.today, search_of(overview)[2]]
        months = max([path.max_months, *((end - self.start).days / DAYS_A_MONTH for end in ends)])
        # A forecast that is much wider than the way itself would press all of it into a corner.
        forecast = min((overview.forecast.p90 - self.start).days / DAYS_A_MONTH, months * WIDER_FOR_THE_FORECAST)
        self.days = min(max(months, forecast), MOST_MONTHS) * DAYS_A_MONTH

    def x(self, day: dt.date) -> float:
        """Where a day lies; what is outside the picture lies on its edge."""
        return self.at((day - self.start).days)

    def shows(self, day: dt.date) -> bool:
        """Whether the picture reaches as far as this day."""
        return (day - self.start).days < self.days

    def at(self, days: float) -> float:
        """Where so many days after the start lie."""
        share = min(max(days / self.days, 0.0), 1.0)
        return round(self.shape.left + share * (self.shape.right - self.shape.left), 1)

    def y(self, share: float) -> float:
        """Where a share of the plan, 0 to 1, lies."""
        share = min(max(share, 0.0), 1.0)
        return round(self.shape.bottom - share * (self.shape.bottom - self.shape.top), 1)


def search_of(overview: Overview) -> tuple[dt.date, dt.date, dt.date]:
    """The job search after the finish: where it begins, and where it ends if it is short and if it is long."""
    path, finish = overview.path, overview.finish_on
    short, long = (
        finish + dt.timedelta(days=round(months * DAYS_A_MONTH))
        for months in (path.job_search_min_months, path.job_search_max_months)
    )
    return finish, short, long


def joined(points: Iterable[Point]) -> str:
    """As SVG wants them: 'x,y x,y …'."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)
