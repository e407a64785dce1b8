"""The plan, the pace and the forecast: pure functions over frozen values. Dates come in, values go out."""

from __future__ import annotations

from tracker.planning.forecast import forecast
from tracker.planning.pace import earned_share, pace, percent_done
from tracker.planning.plan import build_plan, capacity, hours_for_months
from tracker.planning.schedule import next_reminder
from tracker.planning.types import Forecast, Milestone, Pace, Pause, Plan, PlanError, Planned

__all__ = [
    "Forecast",
    "Milestone",
    "Pace",
    "Pause",
    "Plan",
    "PlanError",
    "Planned",
    "build_plan",
    "capacity",
    "earned_share",
    "forecast",
    "hours_for_months",
    "next_reminder",
    "pace",
    "percent_done",
]
