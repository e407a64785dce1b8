"""Two addresses for machines: is the process up, and can it do its work."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from tracker import migrate, web
from tracker.reminders.health import reminder_health

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> dict[str, str]:
    """200 while the process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """200 or 503: the database answers, its schema is this code's, reminders are being sent."""
    newest = migrate.revisions()[-1]
    try:
        schema = migrate.current_revision(web.app_parts().engine)
        reminders = reminder_health(web.db(), now=web.now()) if schema == newest else None
    except SQLAlchemyError:
        log.exception("/readyz cannot read the database")
        return {"status": "not ready", "database": "it cannot be read", "migrations": None, "reminders": None}, 503
    good = reminders is not None and reminders["ok"]
    answer = {
        "status": "ok" if good else "not ready",
        "database": "ok",
        "migrations": {"ok": schema == newest, "schema": schema, "newest": newest},
        "reminders": reminders,
    }
    return answer, 200 if good else 503
