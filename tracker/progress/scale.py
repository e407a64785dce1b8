"""From days and shares to places in the picture: across in percent, so that it fits every width; downwards in pixels.

Letters and dots then keep their size, and only the lines between them are stretched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from tracker.progress.overview import Overview
from tracker.progress.window import Window

TOP, BOTTOM = 24, 300
"""y of the upper and lower edge of the picture, as the template draws it."""

Point = tuple[float, float]
"""Percent of the width, and y."""


class Scale:
    """Time runs to the right, the share that is done runs upwards. What is outside the window is outside 0 to 100."""

    def __init__(self, overview: Overview, window: Window) -> None:
        self.start = overview.start_on
        self.window = window

    @property
    def days(self) -> int:
        """How many days the picture is wide."""
        return (self.window.last - self.window.first).days

    def x(self, day: dt.date) -> float:
        """Where a day lies, in percent of the width."""
        return round((day - self.window.first).days / self.days * 100, 2)

    def at(self, days: float) -> float:
        """Where so many days after the start of the plan lie."""
        return round(((self.start - self.window.first).days + days) / self.days * 100, 2)

    def inside(self, day: dt.date) -> float:
        """The same, on the edge where the day lies outside."""
        return min(max(self.x(day), 0.0), 100.0)

    def shows(self, day: dt.date) -> bool:
        """Whether the picture reaches to this day."""
        return self.window.first <= day <= self.window.last

    def y(self, share: float) -> float:
        """Where a share of the plan, 0 to 1, lies."""
        share = min(max(share, 0.0), 1.0)
        high = (share - self.window.low) / (self.window.high - self.window.low)
        return round(BOTTOM - high * (BOTTOM - TOP), 1)


def joined(points: Iterable[Point]) -> str:
    """As SVG wants them: 'x,y x,y …', in thousandths of the width and from the upper edge."""
    return " ".join(f"{x * 10:.1f},{y - TOP:.1f}" for x, y in points)
