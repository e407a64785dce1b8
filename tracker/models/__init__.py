"""Tables only, a file per aggregate. Importing this package makes the whole metadata known."""

from tracker.models.account import User, UserSession
from tracker.models.data import ImportDraft
from tracker.models.enrolment import Celebration, Enrolment, PathOutline, Pause, PlanRevision
from tracker.models.outbox import MailAlarm, OutboxMail, Sender, Suppression
from tracker.models.own_path import OwnPath
from tracker.models.progress import CriterionMet, MilestoneLink, MilestoneNote, MilestoneState, ProgressLog
from tracker.models.reminder import ReminderPreference
from tracker.models.security import Authenticator, Passkey, RecoveryCode, SecurityEvent, TryCount
from tracker.models.study import StudySession, WeekChoice

__all__ = [
    "Authenticator",
    "Celebration",
    "CriterionMet",
    "Enrolment",
    "ImportDraft",
    "MailAlarm",
    "MilestoneLink",
    "MilestoneNote",
    "MilestoneState",
    "OutboxMail",
    "OwnPath",
    "Passkey",
    "PathOutline",
    "Pause",
    "PlanRevision",
    "ProgressLog",
    "RecoveryCode",
    "ReminderPreference",
    "SecurityEvent",
    "Sender",
    "StudySession",
    "Suppression",
    "TryCount",
    "User",
    "UserSession",
    "WeekChoice",
]
