"""In whose language a page speaks: a learner's own; a stranger's browser is asked, but for pages that caches keep."""

from __future__ import annotations

from flask import Flask, g, request

from tracker import language, locales, web, wire


def init_app(app: Flask) -> None:
    """Must be called before anything that may have something to say."""
    app.before_request(_begin)
    app.teardown_request(_end)


def fitting_browser() -> str:
    """The locale that fits what this browser asks for."""
    return locales.fitting(list(request.accept_languages.values()))


def _begin() -> None:
    g.spoken = language.choose(_locale)


def _end(_fault: BaseException | None) -> None:
    if (token := g.pop("spoken", None)) is not None:
        language.forget(token)


def _locale() -> str:
    user = web.logged_in()
    if user is not None:
        return user.locale
    return language.DEFAULT if wire.same_for_all() else fitting_browser()
