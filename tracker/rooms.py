"""The rooms that have pages: each brings its blueprint."""

from __future__ import annotations

from tracker import frame, health, styleguide
from tracker.accounts import factor_views as factors
from tracker.accounts import link_views as links
from tracker.accounts import security_views as security
from tracker.accounts import views as accounts
from tracker.admin import views as admin
from tracker.data import views as data
from tracker.enrolment import first_views as first
from tracker.enrolment import version_views as plans
from tracker.enrolment import views as enrolment
from tracker.guide import compare_views as compare
from tracker.guide import found_views as found
from tracker.guide import roadmap_views as roadmap
from tracker.guide import search_views as search
from tracker.guide import views as guide
from tracker.help import views as help_pages
from tracker.palette import views as palette
from tracker.paths import views as paths
from tracker.progress import week_views as progress
from tracker.reminders import mail_views as mail_acts
from tracker.reminders import views as reminders
from tracker.study import views as study

BLUEPRINTS = tuple(
    room.blueprint
    for room in (
        guide,
        roadmap,
        compare,
        search,
        found,
        accounts,
        paths,
        links,
        factors,
        security,
        enrolment,
        first,
        plans,
        progress,
        study,
        palette,
        reminders,
        mail_acts,
        admin,
        data,
        help_pages,
        health,
        frame,
        styleguide,
    )
)
