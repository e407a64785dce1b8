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
