"""Every word a patient may read is plain: of a reading grade of 6 or below, at most 20 words a sentence.

What is read where, and how, is in `patient_words`. A new template, module, field or file is read by itself:
what no patient meets has to be named here, with the reason.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from django.forms import BaseForm
from django.template.base import Lexer, TokenType
from django.template.loader import get_template
from django.test import Client

from exercise_tracker.urls import account_patterns
from programs.accounts.models import User
from tests.patient_words import (
    PROGRAMS,
    ROOT,
    Passage,
    content_files,
    content_passages,
    imports_in,
    mail_passages,
    page_passages,
    python_files,
    python_passages,
    script_passages,
    scripts,
    staff_templates,
    strings_in,
    template_passages,
    templates,
    too_hard,
    too_hard_together,
)
from tests.readability import grade, syllables, words

# --- what may be hard, and what is not read ---

# Words nobody can do without, in small letters: each counts one syllable, but none may stand in safety text.
TERMS = {
    "ammendolia": "wrote a study; a note on evidence has to name it",
    "notification": "what a phone or browser calls it, in its question and in its settings",
    "notifications": "the same, in the names of those settings",
    "osteoporosis": "the name by which somebody knows that they have it",
}
MOST_TERMS = 15

# Only therapists and administrators meet what these say: their pages are open to nobody else, and no module
# imports them that a patient's page is made of.
STAFF_MODULES = {
    "programs/care/forms.py",
    "programs/care/rules/dose_warnings.py",
    "programs/care/views.py",
    "programs/home/queries/caseload.py",
    "programs/home/queries/clinic.py",
    "programs/home/queries/patient.py",
    "programs/home/render/strip.py",
    "programs/home/views/caseload.py",
    "programs/home/views/clinic.py",
    "programs/home/views/patient.py",
    "programs/logbook/views/plan_stage.py",
    "programs/monitoring/views/flags.py",
}
# What is hard in these no patient reads.
OTHER_MODULES = {
    "programs/accounts/actions/care.py": "who cares for whom, which only administrators change",
    "programs/accounts/actions/escalation.py": "whom a flag reaches, which only administrators change",
    "programs/monitoring/actions/telling.py": "who was told of a flag, which only therapists read",
    "programs/delivery/actions/outbox.py": "a statement for the database",
    "programs/reminders/actions/stretch.py": "a statement for the database",
    "programs/delivery/actions/sending.py": "why a notice did not go out, which only its row says",
    "programs/delivery/channels/web_push.py": "the names of headers, which only push services read",
    "programs/accounts/models.py": "the names of roles, which only the page of the clinic shows",
    "programs/monitoring/rules/clearing.py": "why a flag closed by itself, which only therapists read",
    "programs/library/rules/documents.py": "what is wrong with YAML, said to those who write content",
    "programs/library/rules/exercises.py": "what is wrong with an exercise, said to those who write it",
    "programs/library/rules/library.py": "what is wrong with content, said to those who write it",
}
SILENT_FORMS = {"HistoryForm": "no page shows its errors: a day that cannot be is today"}

# Fields of content that hold a code, and no words.
CODES = {
    *("articles", "break_movements", "category", "checked_by", "code", "direction", "direction_check"),
    *("easier", "equipment", "excluded_exercises", "excluded_tags", "exercise", "figure"),
    *("key", "unit"),
    *("flexion_first_with", "gentler", "grade", "harder", "irritability_ceiling", "kind", "level"),
    *("only_tags", "pain_measure", "places", "position", "sides", "slug", "tags", "tempo"),
    # of figures: how they are drawn, and what of the body rests on what
    *("around", "chair", "feel", "floor", "hands", "order", "person", "rail", "step", "table", "wall"),
}
# Fields of content whose words no patient has to understand.
NOT_FOR_PATIENTS = {"sources": "studies and pages, cited as they are called"}
CONTRAINDICATIONS = "programs/library/content/contraindications.yaml"
# There the name is for therapists, and patients read the question and the advice.
STAFF_NAMES = {CONTRAINDICATIONS}
# Names and headings are too short for a grade of their own.
LABELS = {"heading", "name", "target"}

SAFETY_ARTICLES = {
    "programs/library/content/articles/other-causes-of-calf-pain.yaml",
    "programs/library/content/articles/when-to-get-help.yaml",
}


def is_about_safety(passage: Passage) -> bool:
    """Whether somebody has to understand it at once: no hard word may stand there."""
    return (
        passage.file.startswith("programs/safety/")
        or passage.file in SAFETY_ARTICLES
        or (passage.file == CONTRAINDICATIONS and passage.field == "advice")
    )


def problems_in(passages: Iterable[Passage], terms: Iterable[str] = TERMS) -> list[str]:
    """All that is too hard, passage by passage and file by file."""
    found = []
    by_terms: dict[frozenset[str], list[Passage]] = {}
    for passage in passages:
        known = frozenset() if is_about_safety(passage) else frozenset(terms)
        found += too_hard(passage, known)
        by_terms.setdefault(known, []).append(passage)
    for known, together in by_terms.items():
        found += too_hard_together(together, known)
    return found


def check_that_all_is_plain(passages: Iterable[Passage]) -> None:
    problems = problems_in(passages)
    assert not problems, "\n".join(["too hard to read:", *problems])


# --- where the words are ---


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources_of(paths: dict[str, Path]) -> dict[str, str]:
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


@functools.cache
def templates_of_staff() -> set[str]:
    named_in_code = {text for path in PROGRAMS.rglob("*.py") for text in strings_in(path.read_text("utf-8"))}
    return staff_templates(sources_of(templates()), named_in_code)


@functools.cache
def words_of_templates() -> list[Passage]:
    staff, paths = templates_of_staff(), templates()
    return [
        passage
        for name, source in sources_of(paths).items()
        if name not in staff
        for passage in template_passages(relative(paths[name]), source)
    ]


@functools.cache
def words_of_code() -> list[Passage]:
    return [
        passage
        for file, source in sources_of(python_files()).items()
        if file not in STAFF_MODULES | OTHER_MODULES.keys()
        for passage in python_passages(file, source)
    ]


@functools.cache
def words_of_content() -> list[Passage]:
    left_out = CODES | NOT_FOR_PATIENTS.keys()
    return [
        passage
        for file, source in sources_of(content_files()).items()
        for passage in content_passages(
            file, source, left_out=left_out | ({"name"} if file in STAFF_NAMES else set()), labels=LABELS
        )
    ]


# --- all words of the product ---


@pytest.mark.pure
def test_every_template_that_a_patient_meets_is_plain() -> None:
    check_that_all_is_plain(words_of_templates())


@pytest.mark.pure
def test_every_word_in_the_code_is_plain() -> None:
    check_that_all_is_plain(words_of_code())


@pytest.mark.pure
def test_every_word_in_a_script_or_a_style_sheet_is_plain() -> None:
    sources = sources_of(scripts())
    assert "static/css/patient.css" in sources
    check_that_all_is_plain(
        passage for file, source in sources.items() for passage in script_passages(file, source)
    )


@pytest.mark.pure
def test_every_text_of_the_content_is_plain() -> None:
    check_that_all_is_plain(words_of_content())


@pytest.mark.pure
def test_every_error_a_form_of_ours_can_give_is_plain() -> None:
    """Those of Django too, which stand in no file of ours."""
    passages = []
    for file in python_files():
        if file.endswith("/forms.py") and file not in STAFF_MODULES:
            module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
            for form in vars(module).values():
                is_ours = isinstance(form, type) and issubclass(form, BaseForm)
                if is_ours and form.__module__ == module.__name__ and form.__name__ not in SILENT_FORMS:
                    passages += words_of_form(form)
    assert len(passages) > 50
    check_that_all_is_plain(passages)


def words_of_form(form: type[BaseForm]) -> list[Passage]:
    numbers = {"limit_value": 15, "show_value": 16, "value": "name"}
    found = []
    for name, field in form.base_fields.items():
        # a field may say an error of its validators in its own words
        errors = {each.code: each.message for each in field.validators} | field.error_messages
        for text in (field.label, field.help_text, *(error % numbers for error in errors.values())):
            found += page_passages(f"{form.__name__}.{name}", str(text or ""))
    return found


@pytest.mark.pure
def test_every_page_of_an_account_is_in_our_words() -> None:
    for pattern in account_patterns:
        name = pattern.callback.view_class.template_name
        assert get_template(name).origin.name.startswith(str(PROGRAMS)), name


LONG = "four words to picture"


def test_what_the_pages_of_an_account_say_is_plain(
    page: Callable[[User], Client], alice: User, mailoutbox: list
) -> None:
    """With everything that can go wrong there, and with the e-mails they send."""
    alice.set_password(LONG)
    alice.save()
    said: list[Passage] = []

    def read(name: str, browser: Client, address: str, typed: dict[str, str] | None = None) -> str:
        method = browser.get if typed is None else browser.post
        answer = method(address, typed, follow=True)
        assert answer.status_code == 200
        said.extend(page_passages(name, answer.content.decode()))
        return answer.redirect_chain[-1][0] if answer.redirect_chain else address

    login = "/account/login/"
    wrong = {"login": alice.email, "password": "x"}
    for name, typed in (("nothing", {}), ("no address", {"login": "x", "password": "x"}), ("wrong", wrong)):
        read(f"sign in, {name}", Client(), login, typed)
    for _ in range(5):
        read("sign in, too often", Client(), login, wrong)
    read("account closed", Client(), "/account/inactive/")

    change = "/account/password/change/"
    read("change password", page(alice), change)
    for name, old, new, again in (
        ("nothing", "", "", ""),
        ("wrong", "x", LONG, "x"),
        ("short", LONG, "password", "password"),
        ("like the address", LONG, alice.email, alice.email),
        ("done", LONG, f"{LONG} again", f"{LONG} again"),
    ):
        typed = {"oldpassword": old, "password1": new, "password2": again}
        read(f"change password, {name}", page(alice), change, typed)

    reset = "/account/password/reset/"
    read("reset password", Client(), reset)
    for address in ("", "x", alice.email):
        read(f"reset password of “{address}”", Client(), reset, {"email": address})
    (link,) = re.findall(r"http://testserver(\S+)", mailoutbox[-1].body)
    browser = Client()
    form = read("new password", browser, link)
    read("new password, nothing", browser, form, {})
    read("new password, not the same", browser, form, {"password1": LONG, "password2": "x"})
    read("new password, done", browser, form, {"password1": LONG, "password2": LONG})
    read("new password, again", Client(), link)

    assert len(mailoutbox) == 3
    for message in mailoutbox:
        said += mail_passages(f"mail “{message.subject}”", message.subject, message.body)
    texts = " ".join(passage.text for passage in said)
    for sentence in (
        "There is a problem",
        "The e-mail address or the password is not right.",
        "Too many failed login attempts.",
        "This password is too short.",
        "This password is too common.",
        "This password is too much like your e-mail address.",
        "You must type the same password each time.",
        "Your password is changed.",
        "It was used before, or it is too old.",
    ):
        assert sentence in texts
    check_that_all_is_plain(said)


# --- what is left out is left out for a reason that holds ---


@pytest.mark.pure
def test_there_are_few_hard_words_and_each_is_needed() -> None:
    assert len(TERMS) <= MOST_TERMS
    passages = [*words_of_templates(), *words_of_code(), *words_of_content()]
    for term, reason in TERMS.items():
        assert words(term) == [term] == [term.lower()], "one word each"
        assert reason
        others = TERMS.keys() - {term}
        assert problems_in(passages, others), f"nothing needs {term} any more"


@pytest.mark.pure
def test_the_words_about_safety_are_there_and_hold_no_hard_one() -> None:
    passages = [each for each in [*words_of_templates(), *words_of_content()] if is_about_safety(each)]
    files = {each.file for each in passages}
    assert files >= SAFETY_ARTICLES | {CONTRAINDICATIONS}
    assert {Path(file).name for file in files} >= {"emergency_card.html", "help.html"}
    assert problems_in(passages, terms=()) == []
    for passage in passages:
        assert TERMS.keys().isdisjoint(word.lower() for word in words(passage.text)), passage.place


@pytest.mark.pure
def test_no_template_of_the_staff_is_a_page_of_a_patient() -> None:
    staff = templates_of_staff()
    assert "home/caseload.html" in staff
    assert "home/caseload_row.html" in staff  # by what includes it
    assert staff.isdisjoint({"base.html", "home/today.html", "accounts/me.html", "partials/field.html"})
    told = (name for name in templates() if name.startswith(("safety/", "account/")))
    assert staff.isdisjoint(name for name in told if not name.startswith("safety/for_clinicians/"))


@pytest.mark.pure
def test_every_template_names_what_it_includes() -> None:
    """Otherwise nobody could tell who meets it."""
    known = templates()
    for name, source in sources_of(known).items():
        for included in re.findall(r"{%\s*include\s+(\S+)", source):
            assert included.strip("\"'") in known, (name, included)


@pytest.mark.pure
def test_no_comment_or_tag_of_a_template_is_shown_as_text() -> None:
    """A comment over two lines is none to Django: it would stand on the page."""
    shown = [
        f"{name}:{token.lineno}"
        for name, path in templates().items()
        for token in Lexer(path.read_text()).tokenize()
        if token.token_type == TokenType.TEXT and re.search(r"\{[#%{]|[#%]\}", token.contents)
    ]
    assert shown == []


def test_only_the_staff_meets_the_modules_of_the_staff() -> None:
    sources = sources_of(python_files())
    assert sources.keys() >= STAFF_MODULES
    staff = {file.removesuffix(".py").replace("/", ".") for file in STAFF_MODULES}
    for file, source in sources.items():
        if file in STAFF_MODULES:
            assert not re.search(r"page_for\([^)]*patient", source), file
        elif not file.endswith("/urls.py"):
            assert staff.isdisjoint(imports_in(source)), file


@pytest.mark.pure
@pytest.mark.parametrize("file", OTHER_MODULES)
def test_a_module_that_is_left_out_needs_to_be(file: str) -> None:
    assert problems_in(python_passages(file, (ROOT / file).read_text(encoding="utf-8")))


@pytest.mark.pure
def test_a_field_of_content_that_is_left_out_holds_no_words() -> None:
    by_field: dict[str, list[str]] = {}
    for file, source in sources_of(content_files()).items():
        for passage in content_passages(file, source, left_out=(), labels=()):
            by_field.setdefault(passage.field, []).append(passage.text)
    for field in CODES - {"checked_by", "tempo"}:  # these are empty, or without letters
        assert field in by_field, f"nothing is called {field} any more"
    for field in CODES & by_field.keys():
        assert [text for text in by_field[field] if not re.fullmatch(r"[A-Za-z0-9_-]+", text)] == [], field
    assert by_field.keys() >= LABELS | NOT_FOR_PATIENTS.keys()
    assert content_files().keys() >= STAFF_NAMES


# --- what is hard is found, wherever it stands ---

HARD = "Neural mobilisation decreases the mechanosensitivity of sciatic tissues in most people."
LONG_SENTENCE = "It is easy to read but it goes on and on and on and on and on and on and on."


def problems_of_template(source: str, file: str = "page.html") -> list[str]:
    return problems_in(template_passages(file, source))


@pytest.mark.pure
@pytest.mark.parametrize(
    ("source", "line"),
    [
        (f"<p>Fine.</p>\n<p>{HARD}</p>", 2),
        (f"<p>\n  Fine.\n  {HARD}\n</p>", 2),
        (f"<ul>\n<li>Fine.</li>\n<li><b>{HARD}</b></li></ul>", 3),
        (f'<p>Fine.</p>\n\n<img alt="{HARD}">', 3),
        (f'<input placeholder="{HARD}">', 1),
        (f'<meta name="description" content="{HARD}">', 1),
        (f"{{% block title %}}{HARD}{{% endblock %}}", 1),
        (f"<p>{{% if ill %}}Rest.{{% else %}}{HARD}{{% endif %}}</p>", 1),
        (f"{{% for each in all %}}<p>{{{{ each }}}}</p>{{% empty %}}\n<p>{HARD}</p>{{% endfor %}}", 2),
        (f'<p>Fine.</p>\n{{% include "x.html" with words="{HARD}" %}}', 2),
        (f"<h1>{{{{ sentence|default:'{HARD}' }}}}</h1>", 1),
    ],
)
def test_a_hard_sentence_in_a_template_is_named_with_its_line(source: str, line: int) -> None:
    problems = problems_of_template(source)
    assert any(problem.startswith(f"page.html:{line}: grade ") and HARD in problem for problem in problems)


@pytest.mark.pure
@pytest.mark.parametrize(
    "source",
    [
        f"{{# {HARD} #}}<p>Fine.</p>",
        f"{{% comment %}}{HARD}{{% endcomment %}}<p>Fine.</p>",
        f"<!-- {HARD} --><script>{HARD}</script>",
        f'<p class="{HARD}" data-note="{HARD}">Fine.</p>',
        '<p>{{ started_at|date:"l j F Y, H:i" }}</p>{% block page_class %}responsiveness{% endblock %}',
    ],
)
def test_what_a_template_does_not_say_is_not_read(source: str) -> None:
    assert problems_of_template(source) == []


@pytest.mark.pure
def test_each_way_through_a_template_is_read() -> None:
    source = """
    <p>{% if one %}You have one plan.{% elif many %}You have {{ count }} plan{{ count|pluralize }}.
      {% else %}Rest.{% endif %} <a href="/">See <b>all</b></a>{% if last %} now{% endif %}.</p>
    <a href="/">Back</a> <a href="/me/">Me</a>"""
    read = [(passage.line, passage.text) for passage in template_passages("page.html", source)]
    assert sorted(read) == [
        (2, "Rest. See all now."),
        (2, "Rest. See all."),
        (2, "You have name plans. See all now."),
        (2, "You have name plans. See all."),
        (2, "You have one plan. See all now."),
        (2, "You have one plan. See all."),
        (4, "Back"),
        (4, "Me"),
    ]


@pytest.mark.pure
def test_a_plain_mail_is_read_by_paragraph() -> None:
    source = (
        "{% load x %}\n{% block content %}Hello,\n\nthis is\nfor {{ name }}:\n- one\n- two\n{% endblock %}"
    )
    read = [(passage.line, passage.text) for passage in template_passages("mail.txt", source)]
    assert read == [(2, "Hello,"), (4, "this is for name:"), (6, "- one"), (7, "- two")]


@pytest.mark.pure
def test_labels_too_short_for_a_grade_are_graded_together() -> None:
    labels = "<h2>Peripheral neuropathy</h2><h2>Clinical precautions</h2><h2>Aerobic capacity</h2>"
    assert problems_of_template(labels) == []
    (problem,) = problems_of_template(f"{labels}<h2>Additional information</h2>")
    assert problem.startswith("page.html: grade ")


@pytest.mark.pure
def test_a_page_is_the_staffs_when_it_extends_theirs_and_a_piece_when_only_they_include_it() -> None:
    sources = {
        "base_clinician.html": '{% include "bell.html" %}',
        "list.html": '{% extends "base_clinician.html" %}{% include "row.html" %}{% include "both.html" %}',
        "row.html": '{% include "cell.html" %}',
        "cell.html": "",
        "bell.html": "",
        "shown_alone.html": "",
        "base.html": "",
        "today.html": '{% extends "base.html" %}{% include "both.html" %}',
        "me.html": "{% extends base %}",
        "both.html": "",
    }
    assert staff_templates(sources, named_in_code={"list.html", "cell.html", "shown_alone.html"}) == {
        *("base_clinician.html", "bell.html", "list.html", "row.html")
    }


@pytest.mark.pure
@pytest.mark.parametrize(
    ("source", "line"),
    [
        (f'"""A module."""\n\nOUT_OF_DATE = "{HARD}"', 3),
        (f'field(\n    label="Pain",\n    help_text="{HARD}",\n)', 3),
        (f'def check():\n    raise ValidationError({{"day": "{HARD}"}})', 2),
        (f'messages.success(request, f"{{name}}: {HARD}")', 1),
        (f"thanks = f\"{{'{HARD}' if done else 'OK.'}}\"", 1),
        (f'choices = [("a", "{HARD.removesuffix(".")}")]', 1),
    ],
)
def test_a_hard_sentence_in_the_code_is_named_with_its_line(source: str, line: int) -> None:
    problems = problems_in(python_passages("room/views.py", source))
    assert any(problem.startswith(f"room/views.py:{line}: grade ") for problem in problems), problems


@pytest.mark.pure
@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("room/views.py", f'"""{HARD}"""\nx = 1\n"""{HARD}"""\ndef f():\n    """{HARD}"""'),
        ("room/views.py", f'logger.error("{HARD}")'),
        ("room/views.py", f'raise ValueError("{HARD}")'),
        ("room/models.py", f'class Row:\n    def __str__(self):\n        return "{HARD}"'),
        ("room/api.py", f'field(help_text="{HARD}")'),
        ("room/models.py", 'manager = QuerySet["Contraindication"]\nvalue = row["Contraindication"]'),
        ("room/queries.py", 'values("organisational", "contraindication_id")'),
    ],
)
def test_what_is_written_for_programmers_is_not_read(file: str, source: str) -> None:
    assert problems_in(python_passages(file, source)) == []


@pytest.mark.pure
def test_a_hard_sentence_in_a_script_is_named_with_its_line() -> None:
    source = f"""
    // it's a comment: {HARD}
    /* {HARD} */
    const address = 'https://example.org/';
    say(`${{name}}: {HARD}`);
    """
    problems = problems_in(script_passages("timer.js", source))
    assert problems[0] == f"timer.js:5: grade {grade(f'name: {HARD}'):.1f}: name: {HARD}"
    assert {problem.partition(": ")[0] for problem in problems} == {"timer.js:5", "timer.js"}
    assert problems_in(script_passages("page.css", f"/* {HARD} */ li {{ content: '{HARD}'; }}"))
    assert script_passages("page.css", "/* Words. */ li { content: '\\25B8'; color: red }") == []


@pytest.mark.pure
def test_a_text_of_the_content_is_read_unless_its_field_is_left_out() -> None:
    source = f"""
- slug: contraindication
  name: Neural glide
  steps:
    - Sit.
    - >-
      {HARD}
  new_field: {{ deep: [Sit, {HARD}] }}
  sources: [{HARD}]
"""
    passages = content_passages("c.yaml", source, left_out={"slug", "sources"}, labels={"name"})
    read = [(passage.line, passage.field, passage.is_label) for passage in passages]
    assert read == [
        (3, "name", True),
        (5, "steps", False),
        (6, "steps", False),
        (8, "deep", False),
        (8, "deep", False),
    ]
    graded = [problem for problem in problems_in(passages) if ": grade " in problem and HARD in problem]
    assert [problem.partition(": ")[0] for problem in graded] == ["c.yaml:6", "c.yaml:8", "c.yaml"]


@pytest.mark.pure
def test_a_long_sentence_is_found_and_a_hard_word_even_in_an_easy_text_or_a_label() -> None:
    (problem,) = problems_of_template(f"<p>Fine.</p><p>{LONG_SENTENCE}</p>")
    assert problem == f"page.html:1: 21 words in one sentence: {LONG_SENTENCE}"
    easy = "Stop if you know of a contraindication to it for you."
    assert grade(easy) <= 6
    (problem,) = problems_of_template(f"<p>{easy}</p>")
    assert problem == f"page.html:1: “contraindication” is too hard: {easy}"
    (problem,) = problems_in(python_passages("forms.py", 'label = "Contraindication"'))
    assert problem == "forms.py:1: “Contraindication” is too hard: Contraindication"


@pytest.mark.pure
def test_a_term_makes_a_hard_text_plain_but_not_where_it_is_about_safety() -> None:
    text = "Sciatica is pain from a nerve. Sciatica can settle. Sciatica may come again."
    assert problems_in(template_passages("page.html", text), terms=["sciatica"]) == []
    assert problems_in(template_passages("page.html", text)) != []
    assert problems_in(template_passages("programs/safety/x.html", text), terms=["sciatica"]) != []
    (advice,) = content_passages(CONTRAINDICATIONS, f"advice: {text}", left_out=(), labels=())
    assert problems_in([advice], terms=["sciatica"]) != []


@pytest.mark.pure
@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(
            ("used", 1),
            ("games", 1),
            ("rules", 1),
            ("wanted", 2),
            ("settled", 2),
            ("muscle", 2),
            ("muscles", 2),
        ),
        *(("easier", 3), ("worried", 2), ("carried", 2), ("agree", 2), ("value", 2), ("continue", 3)),
        *(("usual", 3), ("player", 2), ("special", 2), ("patient", 2), ("client", 2), ("video", 3)),
        *(("something", 2), ("safety", 2), ("spasm", 2), ("stiffness", 2), ("exercise", 3), ("sciatica", 4)),
    ],
)
def test_syllables_are_counted_as_they_are_heard(word: str, count: int) -> None:
    assert syllables(word) == count
