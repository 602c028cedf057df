"""Searching the library: what a person types finds what they expect, with a typing error too."""

from __future__ import annotations

import string
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.library.rules import Entry, search, words_to_find
from tests.library.shipped import shipped

pytestmark = pytest.mark.pure


@cache
def library() -> tuple[Entry[str], ...]:
    """Exercises, programs and articles by their slugs, as the product looks through them."""
    files = shipped()
    return (
        *(
            Entry(
                each.slug,
                each.name,
                each.target,
                [each.slug, each.category, each.position, each.equipment, *each.tags],
                [*each.steps, *each.cues],
            )
            for each in files.exercises
        ),
        *(
            Entry(each.slug, each.name, each.summary, [stage.name for stage in each.stages])
            for each in files.programs
        ),
        *(
            Entry(each.slug, each.name, each.summary, [section.heading for section in each.sections])
            for each in files.articles
        ),
    )


def found(query: str) -> list[str]:
    return search(query, library())


def entry(name: str, *, about: str = "", details: str = "") -> Entry[str]:
    return Entry(name, name, about=about, details=[details])


# --- what people type ---


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("standing calf stretch", "standing-calf-stretch"),
        ("calf strech", "standing-calf-stretch"),
        ("calve", "standing-calf-stretch"),
        ("calves", "single-leg-calf-raise"),
        ("brige", "glute-bridge"),
        ("bridges", "glute-bridge"),
        ("slidder", "seated-sciatic-slider"),
        ("piriformis", "figure4-piriformis-stretch"),
        ("pirifomris", "figure4-piriformis-stretch"),
        ("figure 4", "figure4-piriformis-stretch"),
        ("hamstrings", "supine-hamstring-stretch"),
        ("sholder", "belly-breathing"),
        ("side plnak", "side-plank-knees"),
        ("press-up", "prone-press-up"),
        ("pressup", "prone-press-up"),
        ("press up", "prone-press-up"),
        ("cobra", "prone-press-up"),
        ("stretching", "towel-calf-stretch"),
        ("stretch for the calf", "towel-calf-stretch"),
        ("one-leg", "single-leg-calf-raise"),
        ("walk", "walking"),
        ("WALKING", "walking"),
        ("wàlkíng", "walking"),
        ("stomach", "dead-bug"),
        ("bum", "glute-bridge"),
        ("chair", "sit-to-stand"),
        ("sciatica", "supine-sciatic-slider"),
        ("sciatica", "sciatica-with-calf-symptoms"),
        ("cramp", "cramps-and-spasms"),
        ("cramps", "calf-tightness-and-cramps"),
        ("flare", "flare-plan"),
        ("recovry", "what-recovery-looks-like"),
    ],
)
def test_what_people_type_finds_what_they_expect(query: str, expected: str) -> None:
    assert expected in found(query)


@pytest.mark.parametrize("query", ["brige", "piriformis", "side plank knees", "clamshel"])
def test_something_very_own_is_found_alone(query: str) -> None:
    assert len(found(query)) == 1


@pytest.mark.parametrize("query", ["xyzzy", "calf xyzzy", "qq", "calf 17"])
def test_every_word_has_to_be_found(query: str) -> None:
    assert found(query) == []


@pytest.mark.parametrize("query", ["", " ", "\t\n", "\0", "...", "“”", "\ud800", "🦵"])
def test_without_a_word_nothing_is_looked_for(query: str) -> None:
    assert words_to_find(query) == []
    assert found(query) == []


def test_small_words_are_passed_over_unless_there_is_nothing_else() -> None:
    assert words_to_find("a stretch for the calf") == ["stretch", "calf"]
    assert words_to_find("to the") == ["to", "the"]
    assert found("the calf") == found("calf")


# --- how near is near enough ---


@pytest.mark.parametrize("typed", ["hp", "hpi", "hit", "hop"])
def test_a_short_word_is_found_as_typed_only(typed: str) -> None:
    assert search("hip", [entry("Hip")]) == ["Hip"]
    assert search("hi", [entry("Hip")]) == ["Hip"]
    assert search(typed, [entry("Hip")]) == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("slde", "Slide"),
        ("sildes", "Slides"),
        ("slixe", "Slide"),
        ("slidex", "Slide"),
        ("hamsrting", "Hamstring"),
    ],
)
def test_one_typing_error_is_forgiven(typed: str, name: str) -> None:
    assert search(typed, [entry(name)]) == [name]


def test_two_typing_errors_are_forgiven_in_a_long_word_only() -> None:
    assert search("hmastrnig", [entry("Hamstring")]) == ["Hamstring"]
    assert search("hmastrngi", [entry("Hamstring")]) == []
    assert search("stertch", [entry("Stretch")]) == ["Stretch"]
    assert search("sterthc", [entry("Stretch")]) == []


def test_a_word_that_is_there_as_typed_is_meant() -> None:
    """ "calm" is one letter away from "calf", and many exercises are calm ones."""
    entries = [entry("Walking", about="calm"), entry("Calf raise")]

    assert search("calf", entries) == ["Calf raise"]
    assert search("calf", entries[:1]) == ["Walking"]


def test_but_a_name_is_forgiven_an_error_all_the_same() -> None:
    entries = [entry("Calf raise"), entry("Walking", details="Rise early.")]

    assert search("calf rise", entries) == ["Calf raise"]


# --- the order ---


def test_a_name_comes_before_a_target_and_that_before_the_steps() -> None:
    entries = [
        entry("A", details="Bend the knee."),
        entry("B", about="Knee"),
        entry("Knee to chest", details="Knee up."),
    ]

    assert search("knee", entries) == ["Knee to chest", "B", "A"]


def test_the_word_itself_comes_before_one_that_begins_so_and_that_before_an_error() -> None:
    entries = [entry("Glade"), entry("Glider"), entry("Glide")]

    assert search("glide", entries) == ["Glide", "Glider", "Glade"]


def test_what_is_found_equally_well_comes_by_name() -> None:
    names = ["Calf D", "calf b", "Çalf c", "Calf A"]

    assert search("calf", map(entry, names)) == ["Calf A", "calf b", "Çalf c", "Calf D"]


def test_the_order_in_which_things_are_given_does_not_matter() -> None:
    for query in ("calf", "stretch", "knee", "nerve slider", "back"):
        assert search(query, library()) == search(query, reversed(library()))


@settings(deadline=None)  # a busy machine is no mistake of the search
@given(st.permutations(range(40)), st.sampled_from(["calf", "strech", "lying", "back pain"]))
def test_no_order_of_the_entries_changes_the_result(order: list[int], query: str) -> None:
    assert search(query, [library()[index] for index in order]) == search(query, library()[:40])


# --- for any text ---


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_is_too_much_for_it(query: str) -> None:
    slugs = {each.key for each in library()}

    assert set(found(query)) <= slugs


@settings(deadline=None)
@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_no_entry_is_too_much_for_it(query: str, name: str, about: str) -> None:
    assert search(query, [entry(name, about=about)]) in ([], [name])


def test_a_very_long_query_is_answered() -> None:
    assert found("calf stretch " * 20_000) == found("calf stretch")


@st.composite
def one_typing_error(draw: st.DrawFn) -> tuple[str, str]:
    """The name of an exercise with one letter too many, missing, wrong or swapped in a longer word of it."""
    names = {each.slug: each.name.replace("-", " ") for each in shipped().exercises}
    slug = draw(st.sampled_from(sorted(names)))
    words = names[slug].split()
    long_words = [index for index, word in enumerate(words) if len(word) >= 5]
    if not long_words:
        return slug, names[slug]
    chosen = draw(st.sampled_from(long_words))
    word = words[chosen]
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(string.ascii_letters + "éüñ"))
    words[chosen] = draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at:],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
            ]
        )
    )
    return slug, " ".join(words)


@settings(deadline=None)
@given(one_typing_error())
def test_one_typing_error_in_a_name_still_finds_its_exercise(typed: tuple[str, str]) -> None:
    slug, query = typed

    assert slug in found(query)
