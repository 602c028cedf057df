"""The stylesheets: small, all in use, with the colours of the tokens, for either direction of reading."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs.home.rules.contrast import PAIRS, contrast, schemes

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parent.parent
CSS = ROOT / "static" / "css"
MOST_BYTES = 12 * 1024
# What shows all components at once is no page anybody lives with.
LOADS_ALL = {"home/styleguide.html", "library/figures.html"}
# Named by a script or a library, or put together from a stem and a value.
MADE = (
    *("flag-", "keypad-", "ladder-", "light-", "note-", "places-", "rung-", "safety-answer-", "space-"),
    *("stage-band-", "text-size-"),
)
NOT_OURS = {"htmx-request"}
# Stand in a template for a script or a test to find, or to say what something is.
UNSTYLED = {
    *("count", "count-unit", "exercises", "notice-slot", "place-hatch", "relief-start", "relief-start-words"),
    *(
        "relief-stop",
        "relief-without",
        "reminds",
        "score-mark",
        "sheet-clinic",
        "sheet-by-menu",
        "sheet-print",
        "timer-words",
        "undo",
    ),
}
# E-mails carry their own styles.
OWN_STYLES = ("letter-",)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right|top|bottom)(?:-\w+)*|"
    r"(?<!align: )(?:left|right|top|bottom)|"
    r"(?:min-|max-)?(?:width|height)|text-align:\s*(?:left|right)|float:\s*(?:left|right))\s*[:;]"
)
_IN_A_QUERY = re.compile(r"@(?:media|container)[^{]*")
_SELECTOR = re.compile(r"^[^{};]*(?={)", re.MULTILINE)
_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\(|:\s*(?:white|black|red|green|blue|gray)\b"
)


def sheets() -> dict[str, str]:
    """Every stylesheet without its comments, by name."""
    return {file.name: _COMMENT.sub("", file.read_text("utf-8")) for file in sorted(CSS.glob("*.css"))}


def templates() -> dict[str, str]:
    """Every template by the name it is loaded by."""
    folders = [ROOT / "programs" / "templates", *ROOT.glob("programs/*/templates")]
    return {
        str(file.relative_to(folder)): file.read_text("utf-8")
        for folder in folders
        for file in folder.rglob("*.html")
    }


def linked(name: str, known: dict[str, str]) -> set[str]:
    """The stylesheets of a page: its own, those of what it extends, and of what it includes."""
    source = known.get(name, "")
    found = set(re.findall(r"css/([\w-]+\.css)", source))
    for other in re.findall(r"{%\s*(?:extends|include)\s+\"([^\"]+)\"", source):
        found |= linked(other, known)
    if re.search(r"{%\s*extends\s+base\s*%}", source):
        found |= linked("base_patient.html", known)
    return found


def patient_pages() -> list[str]:
    known = templates()
    return sorted(name for name in known if "patient.css" in linked(name, known) and name not in LOADS_ALL)


def compressed(names: set[str]) -> int:
    """What these weigh on their way to a phone, each compressed by itself."""
    return sum(len(gzip.compress((CSS / name).read_bytes(), 9)) for name in names)


def selectors(text: str) -> Iterator[str]:
    """The classes a stylesheet speaks of."""
    yield from re.findall(r"\.([a-z][\w-]*)", re.sub(r"{[^{}]*}", "{}", text))


def classes_in_templates() -> set[str]:
    """The classes that stand in templates as they are."""
    found: set[str] = set()
    for source in templates().values():
        for value in re.findall(r'class="((?:[^"{]|{%.*?%}|{{.*?}})*)"', source):
            plain = re.sub(r"[\w-]*{{.*?}}[\w-]*", " ", re.sub(r"{%.*?%}", " ", value))
            found |= set(re.findall(r"[a-z][\w-]*", plain))
    return found


def words_of_code() -> set[str]:
    """Every word of templates, scripts and Python, of which a class may be one."""
    files = [
        *ROOT.glob("programs/**/*.html"),
        *ROOT.glob("programs/**/*.py"),
        *(file for file in ROOT.glob("static/js/**/*.js") if "built" not in file.parts),
    ]
    return {word for file in files for word in re.findall(r"[a-z][\w-]*", file.read_text("utf-8"))}


@pytest.mark.parametrize("name", patient_pages())
def test_a_page_of_a_patient_loads_at_most_12_kilobytes_of_styles(name):
    names = linked(name, templates())

    assert {"tokens.css", "base.css", "patient.css"} <= names
    assert compressed(names) <= MOST_BYTES


def test_there_are_pages_to_weigh():
    pages = patient_pages()

    assert {"home/today.html", "logbook/check.html", "library/exercise.html"} <= set(pages)
    assert "home/caseload.html" not in pages
    assert linked("logbook/check.html", templates()) >= {"tokens.css", "patient.css", "daily-check.css"}


def test_no_stylesheet_speaks_of_what_is_not_there():
    words = words_of_code()
    dead = [
        f"{file}: .{name}"
        for file, text in sheets().items()
        for name in sorted(set(selectors(text)))
        if name not in words | NOT_OURS and not name.startswith(MADE)
    ]
    assert dead == []


def test_every_class_of_a_template_has_a_style():
    styled = {name for text in sheets().values() for name in selectors(text)}

    bare = {each for each in classes_in_templates() - styled - UNSTYLED if not each.startswith(OWN_STYLES)}
    assert sorted(bare) == []


@pytest.mark.parametrize("file", [name for name in sheets() if name != "tokens.css"])
def test_colours_come_from_the_tokens(file):
    text = _SELECTOR.sub("", sheets()[file])
    if file == "daily-check.css":  # the body has its own colours: named for each scheme, then used
        text = re.sub(r"--[\w-]+:[^;]+;", "", text)
    assert _COLOUR.findall(text) == []


@pytest.mark.parametrize("file", list(sheets()))
def test_nothing_is_bound_to_left_or_right(file):
    assert _PHYSICAL.findall(_IN_A_QUERY.sub("", sheets()[file])) == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda each: f"{each.front} on {each.ground}")
def test_colours_that_meet_stand_out_from_each_other(pair):
    of = schemes((CSS / "tokens.css").read_text("utf-8"))

    assert contrast(of["light"][pair.front], of["light"][pair.ground]) >= pair.light >= 3
    assert contrast(of["dark"][pair.front], of["dark"][pair.ground]) >= pair.dark >= 3


def test_contrast_is_that_of_the_guidelines():
    assert contrast("000000", "ffffff") == contrast("ffffff", "000000") == 21
    assert contrast("777777", "ffffff") == 4.5
    assert contrast("0f5c5c", "0f5c5c") == 1


def test_the_dark_scheme_has_what_it_does_not_name_from_the_light_one():
    light = ":root { --ink: #111111; --canvas: #ffffff; }"
    sheet = f"{light} @media (prefers-color-scheme: dark) {{ --ink: #eeeeee; }}"

    assert schemes(sheet) == {
        "light": {"ink": "111111", "canvas": "ffffff"},
        "dark": {"ink": "eeeeee", "canvas": "ffffff"},
    }
