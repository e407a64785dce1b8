"""What search engines are told about a path in schema.org's words: a course, and the questions of its guide."""

from __future__ import annotations

from typing import Any

from tracker.catalog.schema import Path

HERE = "https://schema.org"


def course(path: Path, *, address: str, site_name: str, site: str) -> dict[str, Any]:
    """The path as a free course that anybody can begin at any time."""
    provider = {"@type": "Organization", "name": site_name, "url": site}
    return {
        "@context": HERE,
        "@type": "Course",
        "name": path.title,
        "description": path.summary,
        "url": address,
        "provider": provider,
        "isAccessibleForFree": True,
        "inLanguage": "en",
        "offers": {"@type": "Offer", "category": "Free", "price": 0, "priceCurrency": "EUR"},
        "timeRequired": f"PT{path.hours:.0f}H",
        "teaches": [topic for phase in path.phases for topic in phase.topics],
        "syllabusSections": [
            {"@type": "Syllabus", "name": phase.title, "description": phase.summary} for phase in path.phases
        ],
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "Online",
            "courseWorkload": f"PT{path.hours:.0f}H",
        },
    }


def questions(path: Path) -> dict[str, Any] | None:
    """The guide's questions with their answers; nothing when it has none."""
    if path.guide is None or not path.guide.questions:
        return None
    return {
        "@context": HERE,
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": asked.question,
                "acceptedAnswer": {"@type": "Answer", "text": " ".join(claim.text for claim in asked.answer)},
            }
            for asked in path.guide.questions.values()
        ],
    }
