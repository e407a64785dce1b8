"""What is said after ticks: what became of what, and what that finishes."""

from __future__ import annotations

from typing import Any

from flask import flash

from tracker import web
from tracker.catalog.schema import Milestone
from tracker.language import gettext, ngettext
from tracker.progress.overview import Overview


def marked(state: str, count: int) -> str:
    """3 milestones marked as done."""
    if state == "known":
        return ngettext("%(num)s milestone marked as known.", "%(num)s milestones marked as known.", count)
    return ngettext("%(num)s milestone marked as done.", "%(num)s milestones marked as done.", count)


def finished_by(overview: Overview, found: Milestone) -> str:
    """What the change of one milestone has finished, in a sentence; empty where something is open."""
    item = overview.item(found.key)
    if item is None or item.later or item.state in ("todo", "doing"):
        return ""  # what can wait finishes nothing: all else may have been done long ago
    return finished(overview, item.milestone.phase)


def finished(overview: Overview, number: int) -> str:
    """That this phase, or with it the whole path, is finished, in a sentence; empty where something of it is open."""
    if overview.walked:
        return gettext("You have walked the whole path.")
    view = next(view for view in overview.phases if view.phase.number == number)
    return gettext("%(phase)s is finished.", phase=view.phase.short_title) if view.finished_on else ""


def say(said: str, undo_address: str, entries: Any, back: str = "", *, finished: bool = False) -> None:
    """A message for the next page, with an undo where there are log entries to take back."""
    if entries:
        web.flash_with_undo(said, undo_address, entries=list(entries), next=back, finished=finished)
    else:
        flash(said, "ok")
