"""The rooms that have pages. Several files of one room may add their pages to the same blueprint."""

from __future__ import annotations

from tracker import frame, health, styleguide
from tracker.accounts import factor_views, link_views, security_views
from tracker.accounts import views as accounts
from tracker.admin import views as admin
from tracker.data import views as data
from tracker.enrolment import first_views, own_views, plan_views, version_views
from tracker.enrolment import views as enrolment
from tracker.guide import compare_views, found_views, roadmap_views, search_views
from tracker.guide import views as guide
from tracker.help import views as help_pages
from tracker.palette import views as palette
from tracker.paths import views as paths
from tracker.progress import note_views, week_views
from tracker.progress import views as progress
from tracker.reminders import mail_views
from tracker.reminders import views as reminders
from tracker.study import views as study

BLUEPRINTS = tuple(
    dict.fromkeys(
        room.blueprint
        for room in (
            guide,
            roadmap_views,
            compare_views,
            search_views,
            found_views,
            accounts,
            link_views,
            factor_views,
            security_views,
            paths,
            enrolment,
            first_views,
            plan_views,
            own_views,
            version_views,
            progress,
            note_views,
            week_views,
            study,
            palette,
            reminders,
            mail_views,
            admin,
            data,
            help_pages,
            health,
            frame,
            styleguide,
        )
    )
)
