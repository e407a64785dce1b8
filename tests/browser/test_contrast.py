"""What is written can be read: the colours in every mode, measured where Chromium has resolved them."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.process]

WORDS = ("ink", "muted", "brand", "sky", "amber", "red")
GROUNDS = ("paper", "card")
OWN_GROUNDS = (("ink", "brand-soft"), ("ink", "sky-soft"), ("amber", "amber-soft"), ("ink", "amber-soft"),
               ("red", "red-soft"), ("brand", "brand-soft"), ("on-brand", "brand"),
               ("muted", "brand-soft"))  # fmt: skip
LINES = (("edge", "card"), ("edge", "paper"), ("brand", "card"), ("sky", "card"))

RGB = """names => Object.fromEntries(names.map((name) => {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const said = getComputedStyle(probe).color;
  probe.remove();
  return [name, said.match(/[\\d.]+/g).slice(0, 3).map(Number)];
}))"""

MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "light, more contrast": {"color_scheme": "light", "contrast": "more"},
    "dark, more contrast": {"color_scheme": "dark", "contrast": "more"},
}


def luminance(colour: list[float]) -> float:
    """As WCAG 2 defines it."""
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", MODES)
def test_words_and_lines_stand_out(chromium: Browser, site: Site, mode: str) -> None:
    page = chromium.new_page(base_url=site.url, **MODES[mode])
    page.goto("/login")
    pairs = [*itertools.product(WORDS, GROUNDS), *OWN_GROUNDS]
    colour = page.evaluate(RGB, sorted({name for pair in (*pairs, *LINES) for name in pair}))
    page.close()
    least = 7.0 if "more" in mode else 4.5
    found = {pair: round(contrast(colour[pair[0]], colour[pair[1]]), 2) for pair in (*pairs, *LINES)}
    assert {pair: ratio for pair in pairs if (ratio := found[pair]) < least} == {}
    assert {pair: ratio for pair in LINES if (ratio := found[pair]) < least - 1.5} == {}


def test_with_forced_colours_pages_use_the_colours_of_the_system(chromium: Browser, site: Site) -> None:
    page = chromium.new_page(base_url=site.url, forced_colors="active")
    page.goto("/login")
    system = page.evaluate("""() => {
      const probe = document.createElement('i');
      document.body.append(probe);
      const of = (name) => { probe.style.color = name; return getComputedStyle(probe).color; };
      const said = ['CanvasText', 'Canvas', 'var(--ink)', 'var(--card)'].map(of);
      return said;
    }""")
    assert system[:2] == system[2:]
    # What only a ground told apart has a line round it there.
    assert page.evaluate("getComputedStyle(document.querySelector('.button')).borderStyle") == "solid"
    page.close()
