"""Addresses for machines: is the process up, can it do its work, and figures of how it does."""

from __future__ import annotations

import hmac
import ipaddress
import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from tracker import migrate, web
from tracker.errors import NotFound
from tracker.metrics import CONTENT_TYPE, exposition
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


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus. To all others there is nothing here."""
    if not _may_read_metrics():
        raise NotFound
    return Response(exposition(web.db(), now=web.now()), content_type=CONTENT_TYPE)


def _may_read_metrics() -> bool:
    """Who knows the token; where none is set, this machine alone, and only while the site is of this machine alone.

    Behind a reverse proxy on the same machine all the world comes from 127.0.0.1, and not every proxy says so.
    """
    token = web.app_parts().settings.metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"))
    own_name = urlsplit(web.app_parts().settings.base_url).hostname or ""
    return _is_loopback(request.remote_addr or "") and _is_loopback(own_name) and not forwarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
