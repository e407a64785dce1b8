"""Two addresses for machines: is the process up, and can it do its work."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from tracker import migrate, web
from tracker.reminders.queries import reminder_health

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """200 while the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """200 or 503: the database answers, its schema is this code's, reminders are being sent."""
    schema = migrate.current_revision(web.app_parts().engine)
    reminders = reminder_health(web.db(), now=web.now())
    good = schema == migrate.revisions()[-1] and reminders["ok"]
    answer = {
        "status": "ok" if good else "not ready",
        "database": "ok",
        "schema": schema,
        "reminders": reminders,
    }
    return answer, 200 if good else 503
