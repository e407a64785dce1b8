"""What every answer tells the browser that it must not do."""

from __future__ import annotations

from flask import Flask, Response, g
from flask_login import current_user

from tracker.web import app_parts

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
ALWAYS = {
    "Content-Security-Policy": CSP,
    "Permissions-Policy": PERMISSIONS,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Adds them to every answer, errors and static files included; a view's own are left as they are."""
    app.after_request(_headers)


def _headers(answer: Response) -> Response:
    for name, value in ALWAYS.items():
        answer.headers.setdefault(name, value)
    if app_parts().settings.https:
        answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "_login_user" in g and current_user.is_authenticated:
        answer.headers["Cache-Control"] = "no-store"
        answer.vary.add("Cookie")
    # A form with its token, or what was typed: for this browser alone, which may go back to it. Who means an answer
    # for everybody says so (wire.public, static files).
    answer.headers.setdefault("Cache-Control", "private, no-cache")
    return answer
