"""A path of two milestones, small enough to break in one place at a time."""

from __future__ import annotations

SMALL = """\
slug: baker
title: Baker
tagline: Bread, every morning.
summary: From flour to a shop of your own.

phases:
  dough:
    number: 1
    title: Dough
    short_title: Dough
    months: 1–3
    summary: Flour and water.
    topics: [Flour]

starting_points:
  beginner:
    title: Beginner
    i_am: a beginner
    summary: You have eaten bread.

resources:
  book:
    name: A book
    url: https://example.org/book
    seen: true

milestones:
  mixing:
    phase: 1
    title: Mixing
    kind: topic
    hours: 10
    hours_basis: Our own estimate.
    estimate: true
    summary: Flour, water, salt.
    done_when:
      weighed: You can weigh.
      kneaded: You can knead.
    resources: [book]
    by_starting_point: {beginner: full}
  baking:
    phase: 1
    title: Baking
    kind: project
    hours: 20
    hours_basis: Our own estimate.
    estimate: true
    summary: Into the oven.
    needs: [mixing]
    done_when:
      loaf: Your loaf has risen.
      crust: Your loaf has a crust.
"""


def broken(old: str, new: str) -> str:
    """The small path with its first ``old`` replaced; the old must be there, or the test would test nothing."""
    assert old in SMALL
    return SMALL.replace(old, new, 1)


GUIDE = """\
guide:
  title: How to become a baker
  written: November 2026
  lead: { text: Bread is eaten everywhere., source: page }
  profession:
    - { text: Bakers rise early., source: page }
  pay:
    europe:
      title: Europe
      rows:
        - { place: Ulm, level: all, low: 20000, middle: 25000, high: 30000, currency: EUR, source: page, as_of: "2025" }
  skills:
    technical:
      doughs: { title: Doughs, milestones: [mixing] }
    soft:
      patience: { title: Patience, milestones: [baking] }
  facts:
    training: { figure: 3 months, claims: [{ text: About., source: page }] }
    job_search: { figure: 1 month, claims: [{ text: About., source: page }] }
    education: { figure: None, claims: [{ text: None is needed., source: page }] }
    english: { figure: None, claims: [{ text: None is needed., source: page }] }
    demand: { figure: High, claims: [{ text: Bread is eaten., source: page }] }
  stories:
    anna:
      name: Anna
      was: Eater
      starting_point: beginner
      months: 3
      hours_per_week: 5
      text: [Anna ate bread.]
      beside: She was quick.
      source: page
  law:
    title: Bread law
    as_of: 5 August 2026
    claims: [{ text: There is one., source: page }]
    dates:
      - { date: 2026-08-02, applies: Labels, where: Article 1, source: page }
    disclaimer: No advice.
  call: { title: Ready?, text: Go., button: Go }
  sources:
    page: { name: A page, year: "2025", seen: true }
"""

GUIDED = SMALL + "\n" + GUIDE


def broken_guide(old: str, new: str) -> str:
    """The small path with a guide, of which the first ``old`` is replaced."""
    assert old in GUIDE
    return SMALL + "\n" + GUIDE.replace(old, new, 1)
