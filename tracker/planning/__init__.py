"""The plan, the pace and the forecast: pure functions over frozen values. Dates come in, values go out."""

from __future__ import annotations

from tracker.planning.fading import Cadence, cadence, is_first_monthly, weeks_after
from tracker.planning.forecast import forecast
from tracker.planning.pace import earned_share, pace, percent_done
from tracker.planning.plan import build_plan, capacity, hours_lasting, hours_within, last_day_within
from tracker.planning.replan import replan_options
from tracker.planning.revise import revise_plan, shift_for_pauses
from tracker.planning.schedule import CatchUp, catch_up, local_week, next_reminder
from tracker.planning.types import (
    DAYS_A_MONTH,
    Earned,
    Forecast,
    Milestone,
    Option,
    Pace,
    Pause,
    Plan,
    PlanError,
    Planned,
    Progress,
)
from tracker.planning.worked import at_present_promise, weeks_worked

__all__ = [
    "DAYS_A_MONTH",
    "Cadence",
    "CatchUp",
    "Earned",
    "Forecast",
    "Milestone",
    "Option",
    "Pace",
    "Pause",
    "Plan",
    "PlanError",
    "Planned",
    "Progress",
    "at_present_promise",
    "build_plan",
    "cadence",
    "capacity",
    "catch_up",
    "earned_share",
    "forecast",
    "hours_lasting",
    "hours_within",
    "is_first_monthly",
    "last_day_within",
    "local_week",
    "next_reminder",
    "pace",
    "percent_done",
    "replan_options",
    "revise_plan",
    "shift_for_pauses",
    "weeks_after",
    "weeks_worked",
]
