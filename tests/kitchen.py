"""Paths that tests may change: a baker's and a cook's, who both knead and both keep a clean kitchen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Flask

from tracker import web
from tracker.catalog.loader import load_path
from tracker.catalog.schema import Catalog, Path

Steps = dict[str, dict[str, Any]]


def step(hours: float, phase: int = 1, **more: Any) -> dict[str, Any]:
    """One milestone as a path file has it."""
    done_when = {"seen": "Somebody has seen it.", "again": "You can do it again."}
    basics = {"kind": "topic", "hours_basis": "Our own estimate.", "estimate": True, "summary": "Do it."}
    return {"phase": phase, "title": "", "hours": hours, "done_when": done_when} | basics | more


def baker() -> Steps:
    """100 hours in two phases."""
    return {
        "hygiene": step(10, title="Hygiene", shared="hygiene"),
        "kneading": step(20, title="Kneading", shared="kneading", needs=["hygiene"]),
        "proving": step(30, title="Proving", needs=["kneading"]),
        "oven": step(15, 2, title="The oven"),
        "rolls": step(25, 2, title="Rolls", needs=["proving", "oven"]),
    }


def cook() -> Steps:
    """120 hours, of which 30 are the baker's, too."""
    return {
        "clean-kitchen": step(10, title="A clean kitchen", shared="hygiene"),
        "dough": step(20, title="Dough", shared="kneading"),
        "knives": step(40, title="Knives"),
        "stock": step(50, 2, title="Stock", by_starting_point={"gourmet": "later"}),
    }


def written(slug: str, steps: Steps) -> str:
    """The path file of these milestones."""
    phases = {
        f"phase-{n}": {"number": n, "title": f"Phase {n}", "short_title": f"P{n}", "months": "1–3", "summary": "Work.",
                       "topics": ["All"]}
        for n in sorted({body["phase"] for body in steps.values()})
    }  # fmt: skip
    points = {key: {"title": key.title(), "i_am": f"a {key}", "summary": "You eat."} for key in ("beginner", "gourmet")}
    path = {"slug": slug, "title": slug.title(), "tagline": "Food.", "summary": "Food.", "phases": phases}
    return json.dumps(path | {"starting_points": points, "milestones": steps})


def made(slug: str, steps: Steps) -> Path:
    """The path of these milestones."""
    return load_path(written(slug, steps), f"{slug}.yaml")


def kitchen(baking: Steps | None = None, cooking: Steps | None = None) -> Catalog:
    """Both paths, each knowing what it shares with the other."""
    paths = [made("baker", baking or baker()), made("cook", cooking or cook())]
    return Catalog(paths={path.slug: path.beside(paths) for path in paths})


def serve(app: Flask, catalog: Catalog) -> None:
    """From now on the site has these paths."""
    parts = app.extensions["tracker"]
    assert isinstance(parts, web.App)
    app.extensions["tracker"] = replace(parts, catalog=catalog)
