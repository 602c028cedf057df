"""What is wrong with a page that is open: by axe, the accessibility checker, and by its width."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_WIDTHS = (1280, 320)  # px
_ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nothing but its colours changes with the scheme.
_RULES = {"dark": ["color-contrast", "link-in-text-block"], "light": _ALL_RULES}
_FAULTS = """async (rules) => {
  const found = await axe.run({runOnly: rules, resultTypes: ["violations"]});
  const places = (each) => each.nodes.map((node) => node.html.slice(0, 120));
  return found.violations.map((each) => `${each.id}: ${places(each)}`);
}"""
# Colours are there at once.
_AT_ONCE = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("* { transition: none !important; }");
  document.adoptedStyleSheets = [still];
}"""


def faults_by_axe(page: Page, rules: list[str] = _ALL_RULES) -> list[str]:
    """One line for each rule that is broken, with the places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found: list[str] = page.evaluate(_FAULTS, rules)
    return found


def faults(page: Page, widths: tuple[int, ...] = _WIDTHS) -> list[str]:
    """What axe finds on the page, and whether it is wider than the window; the page stays open and narrow."""
    found = []
    page.evaluate(_AT_ONCE)
    for width in widths:
        see_all(page, width)
        for scheme, rules in _RULES.items():
            page.emulate_media(color_scheme=scheme)
            found += [f"{page.url}, {width} px, {scheme}: {each}" for each in faults_by_axe(page, rules)]
        too_wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        found += [f"{page.url} scrolls sideways by {too_wide} px at {width} px"] if too_wide > 0 else []
    return found


def see_all(page: Page, width: int) -> None:
    """A window so high that nothing lies behind the bar at its foot, where its size cannot be seen."""
    page.set_viewport_size({"width": width, "height": 568})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height + 100})
