"""Waymark. ``create_app`` is the only wiring; which room does what is in the README."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

    from config import Settings
    from tracker.db import SessionFactory


def create_app(settings: Settings, engine: Engine | None = None, sessions: SessionFactory | None = None) -> Flask:
    """The web app. Reads the catalogue (raises CatalogError naming file and line) and expects a migrated database.

    Tests hand in an engine and sessions that share one connection, to roll everything back.
    """
    # Imported here, so that `tracker.planning` can be used without Flask or a database.
    from flask import Flask

    from config import SHIPPED
    from tracker import db, error_pages, guard, headers, rooms, trouble, web, wire
    from tracker.accounts import login, reader
    from tracker.catalog.loader import load_catalog
    from tracker.progress.current import init_app as init_current
    from tracker.words import init_app as init_words

    app = Flask("tracker", template_folder=str(SHIPPED / "templates"), static_folder=str(SHIPPED / "static"))
    engine = engine or db.make_engine(settings.database_url)
    parts = web.App(settings, load_catalog(settings.paths_dir), engine, sessions or db.make_sessions(engine))
    reader.init_app(app)
    guard.init_app(app, settings)
    headers.init_app(app)
    web.init_app(app, parts)
    error_pages.init_app(app)
    trouble.init_app(app)
    wire.init_app(app)
    login.init_app(app, settings)
    init_words(app, settings)
    init_current(app)
    for blueprint in rooms.BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
