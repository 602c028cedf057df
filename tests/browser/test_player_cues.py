"""What the player says, beeps and buzzes: the modules in Chromium, on a page of the product."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page

from programs.library.rules.exercises import POSITIONS
from tests.browser.conftest import PHONE
from tests.tracker import Tracker

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
WORDS = (ROOT / "programs/logbook/templates/logbook/player_words.html").read_text("utf-8").partition("\n")[2]
CUES = (ROOT / "static/js/player/cues.js").read_text("utf-8")
LONGEST_CUE = 8

# --- a small session ---

Json = dict[str, Any]
SECOND = 1000
QUICK = {"up": 1.5, "hold": 0, "down": 1.5, "pause": 0}
SLOW = {"up": 2, "hold": 3, "down": 2, "pause": 0}
HELD = {"up": 1, "hold": 5, "down": 1, "pause": 1}

BLOCKS = {
    "bridge": {"name": "Bridge", "category": "strength"},
    "dog": {"name": "Bird dog", "category": "core"},
    "stretch": {"name": "Standing calf stretch", "category": "mobility"},
    "walk": {"name": "Walking", "category": "aerobic"},
}


def step(id_: str, kind: str, **more: object) -> Json:
    exercise = id_.partition(".")[0]
    return {
        "id": id_,
        "kind": kind,
        "exercise": exercise,
        "set": 1,
        "of_sets": 1,
        "side": "both",
        "first": None,
        "dur_ms": {"ready": 10_000, "rest": 30_000, "switch": 8000, "ask": 12_000}.get(kind),
        "reps": None,
        "tempo": None,
        "position": {"bridge": "lying", "dog": "hands_and_knees"}.get(exercise, "standing"),
        **more,
    }


def bridge(tempo: Json = SLOW, reps: int = 3) -> list[Json]:
    work = {"of_sets": 2, "reps": reps, "tempo": tempo}
    return [
        step("bridge.1", "ready", of_sets=2),
        step("bridge.2", "reps", set=1, **work),
        step("bridge.3", "rest", set=1, of_sets=2),
        step("bridge.4", "reps", set=2, **work),
        step("bridge.5", "ask"),
    ]


def dog() -> list[Json]:
    turns = {"side": "alternate", "first": "right"}
    return [
        step("dog.1", "ready", **turns),
        step("dog.2", "reps", reps=4, tempo=HELD, **turns),
        step("dog.3", "ask", **turns),
    ]


def stretch(seconds: int = 30) -> list[Json]:
    return [
        step("stretch.1", "ready", side="right"),
        step("stretch.2", "hold", side="right", dur_ms=seconds * SECOND),
        step("stretch.3", "switch", side="left"),
        step("stretch.4", "hold", side="left", dur_ms=seconds * SECOND),
        step("stretch.5", "ask", side="left"),
    ]


def walk() -> list[Json]:
    return [step("walk.1", "ready"), step("walk.2", "self", dur_ms=300 * SECOND)]


# Each tenth of a second it is looked at what there is to see, as the player does.
PLAY = """
({ steps, until, taps, context, blocks }) => {
    const { reduce, NOTHING, due, view, stepOf, cuesFor, words } = window.player;
    const named = [...new Set(steps.map((step) => step.exercise))];
    const inSession = named.map((key) => ({ key, exercise: key, planned: key, sides: [], share: 100 }));
    let state = NOTHING;
    let seq = 0;
    const happens = (type, mono, data = {}, step = null) => {
        seq += 1;
        state = reduce(state, { id: String(seq), seq, type, mono, step, data });
    };
    happens("started", 0, {
        blocks: inSession, steps,
        settings: { speed: context.speed ?? "normal", auto_advance: context.isAutomatic ?? true },
    });
    happens("pain_before", 0, { value: 2 });
    const heard = [];
    let before = null;
    for (let mono = 0; mono <= until; mono += 100) {
        for (const [at, type, data] of taps) {
            if (at === mono) happens(type, mono, data ?? {}, stepOf(state)?.id);
        }
        for (let next = due(state, mono); next; next = due(state, mono)) {
            happens(next.type, next.mono, next.data, stepOf(state)?.id);
        }
        const now = view(state, mono);
        const passed = before ? 100 : undefined;
        const all = { words, blocks, steps: state.steps, speed: state.speed, passed, ...context };
        for (const cue of cuesFor(before, now, all)) heard.push([mono, cue]);
        before = now;
    }
    return heard;
}
"""

Heard = list[tuple[int, Json]]
Play = Callable[..., Heard]


@pytest.fixture(scope="module")
def page(tracker: Tracker, window: Callable[..., Page]) -> Page:
    return with_modules(window(PHONE))


def with_modules(page: Page) -> Page:
    """A page of the product with the player's modules as `window.player`."""
    page.goto("/help/")
    page.evaluate("(words) => document.body.insertAdjacentHTML('beforeend', words)", WORDS)
    page.evaluate(
        """async () => {
            const names = ["session", "cues", "voice", "beeps", "awake"];
            const modules = await Promise.all(names.map((name) => import(`/static/js/player/${name}.js`)));
            window.player = Object.assign({}, ...modules);
            window.player.words = window.player.phrases(document);
        }"""
    )
    return page


@pytest.fixture
def play(page: Page) -> Play:
    """What is to be heard in a session of these steps: its cues, each with its moment."""

    def played(
        steps: list[Json], until: float, taps: list[tuple[float, Any]] | None = None, **context: object
    ) -> Heard:
        tapped = [
            [round(at * SECOND), *([what] if isinstance(what, str) else what)] for at, what in taps or []
        ]
        cues = page.evaluate(
            PLAY,
            {
                "steps": steps,
                "until": round(until * SECOND),
                "taps": tapped,
                "context": context,
                "blocks": BLOCKS,
            },
        )
        return [(mono, cue) for mono, cue in cues]

    return played


def said(heard: Heard, since: float = 0) -> list[tuple[float, str]]:
    return [(ms / SECOND, cue["say"]) for ms, cue in heard if "say" in cue and ms >= since * SECOND]


def live(heard: Heard) -> list[tuple[float, str]]:
    return [(ms / SECOND, cue["live"]) for ms, cue in heard if "live" in cue]


def sounds(heard: Heard, *kinds: str) -> list[tuple[float, str]]:
    """The beeps that sound, in order: what was planned and not taken back."""
    planned: list[tuple[float, str]] = []
    for ms, cue in heard:
        if cue.get("hush"):
            planned = [beep for beep in planned if beep[0] <= ms / SECOND]
        planned += [((ms + beep["inMs"]) / SECOND, beep["kind"]) for beep in cue.get("beeps", [])]
    return sorted((at, kind) for at, kind in planned if not kinds or kind in kinds)


# --- before the work ---


def test_what_comes_is_named_with_its_position_and_its_leg(play):
    heard = play(stretch(), 1)

    assert said(heard) == [(0, "First: Standing calf stretch."), (0, "Stand up."), (0, "Right leg")]
    assert live(heard) == [(0, "First: Standing calf stretch. Stand up. Right leg")]


def test_the_position_is_said_only_where_it_changes(play):
    heard = play([*bridge(), *dog()], 130)
    (at, _) = next(each for each in said(heard) if each[1] == "Next: Bird dog." and each[0] > 100)
    assert [text for when, text in said(heard) if when == at] == [
        "Next: Bird dog.",
        "Go on your hands and knees.",
        "Right leg",
    ]

    lying = [{**each, "position": "lying"} for each in dog()]
    heard = play([*bridge(), *lying], 130)
    assert [text for _, text in said(heard)].count("Lie on your back.") == 1


def test_three_short_beeps_lead_to_a_long_one_at_the_start_of_work(play):
    heard = play(stretch(), 12)

    assert sounds(heard) == [(7, "short"), (8, "short"), (9, "short"), (10, "long")]


def test_whoever_hears_nothing_feels_them(play):
    heard = play(stretch(), 12)

    felt = [(ms / SECOND, cue["buzz"]) for ms, cue in heard if "buzz" in cue]
    assert felt == [(7, [80]), (8, [80]), (9, [80]), (10, [300])]
    assert all(cue["pulse"] for _, cue in heard if "buzz" in cue)


def test_whoever_taps_early_begins_with_the_long_beep_alone(play):
    heard = play(stretch(), 12, [(4, ["advanced", {"by": "tap"}])])

    assert sounds(heard) == [(4, "long")]


def test_more_time_moves_the_beeps_and_breaks_no_word_off(play):
    heard = play(stretch(), 32, [(8.5, "more_time")])

    assert sounds(heard, "short", "long") == [
        *[(7, "short"), (8, "short")],
        *[(27, "short"), (28, "short"), (29, "short"), (30, "long")],
    ]
    assert [cue["hush"] for ms, cue in heard if ms == 8500] == ["beeps"]


def test_whoever_taps_by_themselves_is_not_counted_down_but_told_once(play):
    heard = play(stretch(), 40, isAutomatic=False)

    assert said(heard, since=1) == [(10, "Ready when you are.")]
    assert sounds(heard, "short", "long") == []


# --- repetitions ---


def test_the_first_five_every_fifth_and_the_last_two_are_counted(play):
    heard = play(bridge(QUICK, reps=14)[1:], 43)
    counts = [(at, text) for at, text in said(heard) if at < 42]

    assert counts == [(3 * (rep - 1), str(rep)) for rep in (1, 2, 3, 4, 5, 10, 13, 14)], (
        "and in a quick tempo no other word"
    )
    uncounted = [at for at, kind in sounds(heard, "soft") if at < 42]
    assert uncounted == [3 * (rep - 1) for rep in (6, 7, 8, 9, 11, 12)], "a beep marks the others"


def test_in_a_slow_tempo_each_phase_has_its_word(play):
    heard = play(bridge(SLOW, reps=3)[1:], 14)

    assert said(heard) == [
        *[(0, "1. Lift"), (2, "Hold"), (5, "Lower")],
        *[(7, "2. Lift"), (9, "Hold"), (12, "Lower"), (14, "3. Lift")],
    ]


def test_what_is_no_lifting_is_moving(play):
    heard = play(dog()[1:], 7.9)

    assert [text for _, text in said(heard)] == ["Right leg. 1. Move", "Hold", "Back"]


def test_at_a_slower_speed_there_is_time_for_words(play):
    assert "Lower" not in dict(map(reversed, said(play(bridge(QUICK)[1:], 5))))
    assert (2.3, "Lower") in said(play(bridge(QUICK)[1:], 5, speed="slower"))


def test_where_sides_take_turns_each_repetition_names_its_own(play):
    counts = [text for _, text in said(play(dog()[1:], 31)) if "leg" in text]

    assert counts == ["Right leg. 1. Move", "Left leg. 2. Move", "Right leg. 3. Move", "Left leg. 4. Move"]


def test_a_set_on_one_side_begins_with_its_side(play):
    one_sided = [{**each, "side": "left"} for each in bridge(QUICK)]
    heard = play(one_sided[1:], 1)

    assert said(heard) == [(0, "Left leg"), (0, "1")]
    ranks = [cue["rank"] for _, cue in heard if "say" in cue]
    assert ranks[0] > ranks[1], "a count never breaks the side off"


# --- holds and walks ---


def test_a_hold_says_its_length_its_half_and_its_last_five_seconds(play):
    heard = play(stretch(30)[1:], 29)

    assert said(heard) == [
        *[(0, "Right leg"), (0, "Hold 30 seconds.")],
        *[(15, "Halfway."), (25, "5 seconds.")],
    ]
    assert sounds(heard) == [(0, "long")]


@pytest.mark.parametrize(("seconds", "words"), [(10, ["5 seconds."]), (8, [])])
def test_a_short_hold_is_not_talked_over(play, seconds, words):
    heard = play(stretch(seconds)[1:], seconds - 0.5)

    assert [text for at, text in said(heard) if at > 0] == words


def test_the_end_of_a_hold_is_heard(play):
    heard = play(stretch(30)[1:], 31)

    assert sounds(heard, "soft") == [(30, "soft"), (30.16, "soft")]


def test_a_walk_says_its_minutes_its_half_and_its_end(play):
    heard = play(walk()[1:], 310)

    assert said(heard) == [
        *[(0, "Start. 5 minutes."), (150, "Halfway."), (295, "5 seconds.")],
        (300, "Time is up. Tap when you are done."),
    ]


# --- between the work ---


def test_a_rest_says_how_long_and_what_comes(play):
    heard = play(bridge(SLOW, reps=3)[1:], 52)

    assert [each for each in said(heard) if 21 <= each[0] < 51] == [
        (21, "Rest 30 seconds."),
        (21, "Next: set 2 of 2."),
    ]
    assert sounds(heard, "short", "long") == [
        *[(0, "long"), (48, "short"), (49, "short"), (50, "short"), (51, "long")],
    ]


def test_a_rest_names_the_side_of_the_next_set(play):
    one_sided = [{**each, "side": "left"} for each in bridge(SLOW)]
    heard = play(one_sided[1:], 22)

    assert [text for at, text in said(heard) if at == 21] == [
        "Rest 30 seconds.",
        "Next: set 2 of 2.",
        "Left leg",
    ]


def test_the_other_side_is_named_when_it_is_its_turn(play):
    heard = play(stretch(30)[1:], 39)

    assert [each for each in said(heard) if each[0] >= 30] == [
        *[(30, "Now the other side."), (30, "Left leg")],
        *[(38, "Left leg"), (38, "Hold 30 seconds.")],
    ]
    assert sounds(heard, "short") == [(35, "short"), (36, "short"), (37, "short")]


def test_after_an_exercise_the_question_and_the_next_one_are_said(play):
    heard = play([*stretch(30)[3:], *dog()], 31)
    assert [text for at, text in said(heard) if at == 30] == [
        "How was the pain? Tap an answer.",
        "Next: Bird dog.",
    ]

    heard = play(stretch(30)[3:], 31)
    assert [text for at, text in said(heard) if at == 30][1:] == ["That was the last one."]


def test_the_end_says_that_all_is_saved(play):
    heard = play(stretch(30)[3:], 50)

    assert said(heard)[-1] == (42, "Well done. That was all of it.")


# --- stop, pause and on again ---


def test_stop_says_that_nothing_is_lost_and_all_else_is_quiet(play):
    sentence = "OK, we have stopped. Nothing is lost."
    heard = play(stretch(), 60, [(6, "stopped")])

    (stopped,) = [cue for ms, cue in heard if ms >= 6 * SECOND]
    assert (stopped["say"], stopped["alert"], stopped["hush"]) == (sentence, sentence, True)
    assert stopped["rank"] > max(cue.get("rank", 0) for ms, cue in heard if ms < 6 * SECOND)
    assert sounds(heard) == []


def test_a_pause_takes_back_what_was_planned(play):
    heard = play(stretch(), 60, [(6, ["paused", {"reason": "user"}])])

    assert said(heard, since=1) == [(6, "Paused.")]
    assert sounds(heard) == []


def test_work_goes_on_after_three_two_one_with_its_side(play):
    heard = play(stretch(30)[1:], 36, [(5, "paused"), (9, "resumed")])

    assert said(heard, since=6) == [(9, "Go on."), (9, "Right leg"), (22, "Halfway."), (32, "5 seconds.")]
    assert [each for each in sounds(heard) if 5 < each[0] < 37] == [
        *[(9, "short"), (10, "short"), (11, "short"), (12, "long")],
    ]


def test_the_count_goes_on_where_it_was(play):
    heard = play(bridge(QUICK, reps=6)[1:], 15, [(4, "paused"), (8, "resumed")])

    assert said(heard, since=5) == [(8, "Go on."), (11, "2"), (13, "3")]


def test_a_rest_that_goes_on_counts_down_to_its_new_end(play):
    heard = play(bridge()[2:], 40, [(5, "paused"), (9, "resumed")])

    assert sounds(heard, "short", "long") == [(31, "short"), (32, "short"), (33, "short"), (34, "long")]


def test_a_set_that_begins_again_is_announced_again(play):
    heard = play(stretch(30)[1:], 30, [(20, "back")])

    assert [each for each in said(heard) if each[0] >= 20] == [(20, "Right leg"), (20, "Hold 30 seconds.")]


def test_a_count_that_begins_again_begins_with_the_long_beep(play):
    heard = play(bridge(QUICK)[1:], 8, [(7, "back")])

    assert [each for each in said(heard) if each[0] >= 7] == [(7, "1")]
    assert sounds(heard, "long") == [(0, "long"), (7, "long")]


def test_a_view_in_which_nothing_happened_says_nothing(play, page):
    heard = play([*bridge(), *dog(), *stretch(), *walk()], 600)
    moments = [ms for ms, _ in heard]

    assert len(moments) < 200
    same = page.evaluate(
        """(steps) => {
            const { reduceAll, view, cuesFor, words } = window.player;
            const block = { key: "stretch", exercise: "stretch", planned: "stretch", sides: [], share: 100 };
            const state = reduceAll([
                { id: "1", seq: 1, type: "started", mono: 0, data: { blocks: [block], steps } },
                { id: "2", seq: 2, type: "pain_before", mono: 0, data: {} },
            ]);
            return [0, 3000, 7000].map((mono) => {
                const now = view(state, mono);
                return cuesFor(now, now, { words, passed: 0 });
            });
        }""",
        stretch(),
    )
    assert same == [[], [], []]


# --- somebody whose own voice reads ---


def test_with_a_screen_reader_nothing_is_spoken_but_all_is_written(play):
    heard = play(stretch(30), 100, isScreenReader=True)

    assert said(heard) == []
    assert live(heard) == [
        (0, "First: Standing calf stretch. Stand up. Right leg"),
        (5, "5 seconds."),
        (10, "Standing calf stretch, set 1 of 1. Right leg. Hold 30 seconds."),
        *[(25, "Halfway."), (35, "5 seconds.")],
        (40, "Now the other side. Left leg"),
        (43, "5 seconds."),
        (48, "Standing calf stretch, set 1 of 1. Left leg. Hold 30 seconds."),
        *[(63, "Halfway."), (73, "5 seconds.")],
        (78, "How was the pain? Tap an answer. That was the last one."),
        (90, "Well done. That was all of it."),
    ]


def test_with_a_screen_reader_half_of_the_repetitions_is_told_and_stop_at_once(play):
    heard = play(bridge(QUICK, reps=8)[1:], 30, [(28, "stopped")], isScreenReader=True)

    assert live(heard) == [
        (0, "Bridge, set 1 of 2. 8 times."),
        (12, "Halfway."),
        (24, "Set done. Rest 30 seconds. Next: set 2 of 2."),
    ]
    assert [cue["alert"] for _, cue in heard if "alert" in cue] == ["OK, we have stopped. Nothing is lost."]
    assert said(heard) == []


def test_without_one_the_live_region_speaks_at_transitions_only(play):
    heard = play(stretch(30), 50)

    assert [at for at, _ in live(heard)] == [0, 10, 40, 48]


# --- the words ---


def test_no_cue_is_longer_than_eight_words(play):
    names = [
        yaml.safe_load(file.read_text("utf-8"))["name"]
        for file in (ROOT / "programs/library/content/exercises").glob("*.yaml")
    ]
    longest = max(names, key=lambda name: len(name.split()))
    for text in re.findall(r"<data[^>]*>([^<]+)</data>", WORDS):
        if "{sets}" not in text or "{name}" not in text:  # that one is for the live region alone
            assert len(text.replace("{name}", longest).split()) <= LONGEST_CUE, text
    heard = play([*bridge(), *dog(), *stretch(), *walk()], 600)
    assert max(len(text.split()) for _, text in said(heard)) <= LONGEST_CUE


def test_every_word_the_player_needs_is_there_and_none_besides():
    there = set(re.findall(r'<data value="(\w+)">', WORDS))
    keys = set(re.findall(r'(?:words|only)\(\s*"(\w+)"', CUES))
    chosen = set(
        re.findall(r'"(first|next|lift|move|hold|lower|back|five|half|hold_seconds|go_seconds)"', CUES)
    )
    sides = {"right", "left"}

    assert there == keys | chosen | sides | set(POSITIONS)


# --- what browsers do, recorded ---

RECORDER = """
window.spoken = [];
window.tones = [];
window.buzzed = [];
window.locks = [];
window.resumed = 0;
window.voices = [{ lang: "en-GB", localService: true, name: "Serena" }];
window.isMute = false;
window.speaksFor = 600;

class Utterance extends EventTarget {
    constructor(text) { super(); this.text = text; this.volume = 1; }
}
class Speech extends EventTarget {
    getVoices() { return window.voices; }
    speak(utterance) {
        window.spoken.push({ text: utterance.text, volume: utterance.volume, voice: utterance.voice?.name });
        if (window.isMute) return;
        this.current = utterance;
        setTimeout(() => utterance.dispatchEvent(new Event("start")), 50);
        this.timer = setTimeout(() => {
            this.current = null;
            utterance.dispatchEvent(new Event("end"));
        }, window.speaksFor);
    }
    cancel() {
        if (!this.current) return;
        clearTimeout(this.timer);
        window.spoken.push({ text: `(${this.current.text} broken off)` });
        const broken = this.current;
        this.current = null;
        setTimeout(() => broken.dispatchEvent(new Event("error")), 10);
    }
}
Object.defineProperty(window, "SpeechSynthesisUtterance", { value: Utterance });
Object.defineProperty(window, "speechSynthesis", { value: new Speech() });

window.AudioContext = class extends EventTarget {
    constructor() { super(); this.state = "suspended"; window.audio = this; }
    get currentTime() { return performance.now() / 1000; }
    resume() { window.resumed += 1; setTimeout(() => this.become("running"), 40); return Promise.resolve(); }
    suspend() { this.become("suspended"); return Promise.resolve(); }
    become(state) {
        if (this.state === state) return;
        this.state = state;
        this.dispatchEvent(new Event("statechange"));
    }
    createGain() {
        const gain = { loudest: 0, setValueAtTime() {} };
        gain.linearRampToValueAtTime = (volume) => { gain.loudest = Math.max(gain.loudest, volume); };
        return { gain, connect: (next) => next };
    }
    createOscillator() {
        const tone = new EventTarget();
        const one = { frequency: 0 };
        tone.frequency = { set value(pitch) { one.pitch = pitch; } };
        tone.connect = (next) => { one.volume = () => next.gain?.loudest; return next; };
        tone.disconnect = () => { one.isCut = true; };
        tone.start = (at) => { one.at = Math.round(at * 1000); window.tones.push(one); };
        tone.stop = () => {};
        return tone;
    }
};
Object.defineProperty(navigator, "audioSession", { value: { type: "auto" } });
Object.defineProperty(navigator, "vibrate", { value: (pattern) => Boolean(window.buzzed.push(pattern)) });
Object.defineProperty(navigator, "wakeLock", { value: { request: async () => {
    if (window.isRefused) throw new Error("refused");
    const lock = new EventTarget();
    lock.release = async () => { lock.isReleased = true; lock.dispatchEvent(new Event("release")); };
    window.locks.push(lock);
    return lock;
} } });
"""

START = """
([profile, options]) => {
    window.told = [];
    const tell = (name) => (value) => window.told.push([name, value]);
    window.sound = window.player.player(profile, {
        language: "en-GB", words: window.player.words, pulseOn: document.body,
        onLive: tell("live"), onAlert: tell("alert"), onPaused: tell("paused"), onVoice: tell("voice"),
        onAwake: tell("awake"), ...options,
    });
}
"""


@pytest.fixture
def phone(tracker: Tracker, window: Callable[..., Page]) -> Callable[..., Page]:
    """A page whose speech, sound and screen are recorded, and whose time passes only when told to."""

    def opened(profile: str = "voice", before: str = "", is_unlocked: bool = True, **options: object) -> Page:
        page = window(PHONE)
        page.clock.install()
        page.add_init_script(RECORDER + before)
        with_modules(page)
        page.clock.pause_at(page.evaluate("Date.now()") + 10_000)
        page.evaluate(START, [profile, options])
        if is_unlocked:
            page.evaluate("sound.unlock()")
            page.clock.run_for(1000)
            page.evaluate("spoken.length = tones.length = told.length = buzzed.length = 0")
        return page

    return opened


def words_spoken(page: Page) -> list[str]:
    return [each["text"] for each in page.evaluate("spoken")]


def pitches(page: Page) -> list[int]:
    """What sounds or will, by its pitch."""
    return page.evaluate("tones.filter((one) => !one.isCut).map((one) => one.pitch)")


SHORT, LONG, SOFT = 660, 880, 520


def test_one_tap_unlocks_sound_speech_and_a_screen_that_stays_on(phone):
    page = phone(is_unlocked=False)

    page.evaluate("sound.unlock()")

    assert page.evaluate("[resumed, navigator.audioSession.type, locks.length]") == [1, "playback", 1]
    assert page.evaluate("spoken.map(({ text, volume }) => [text, volume])") == [[" ", 0]]
    assert page.evaluate("sound.isAwake") is True


def test_every_tap_may_unlock_and_only_the_first_one_is_heard_of(phone):
    page = phone()
    page.evaluate("sound.release()")

    page.evaluate("sound.unlock()")
    page.clock.run_for(2000)

    assert words_spoken(page) == []
    assert page.evaluate("[navigator.audioSession.type, audio.state, resumed]") == ["playback", "running", 1]


def test_leaving_is_quiet_at_once(phone):
    page = phone()
    page.evaluate("sound.perform([{ say: 'Hold', rank: 1, beeps: [{ inMs: 500, kind: 'short' }] }])")
    page.clock.run_for(100)

    page.evaluate("sound.hush()")

    assert (words_spoken(page), pitches(page)) == (["Hold", "(Hold broken off)"], [])


def test_it_speaks_with_a_voice_of_the_language_one_phrase_after_the_other(phone):
    page = phone()

    page.evaluate("sound.perform([{ say: 'Right leg', rank: 2 }, { say: '1', rank: 1 }])")
    assert page.evaluate("spoken") == [{"text": "Right leg", "volume": 1, "voice": "Serena"}]
    page.clock.run_for(700)
    assert words_spoken(page) == ["Right leg", "1"]


def test_what_is_newer_breaks_off_what_is_stale(phone):
    page = phone()
    page.evaluate("sound.perform([{ say: 'Next: Bridge.', rank: 2 }, { say: 'Lie on your back.', rank: 2 }])")
    page.clock.run_for(100)

    page.evaluate("sound.perform([{ say: 'OK, we have stopped.', rank: 3, hush: true }])")
    page.clock.run_for(5000)

    assert words_spoken(page) == ["Next: Bridge.", "(Next: Bridge. broken off)", "OK, we have stopped."]
    assert pitches(page) == [], "what was broken off did not fail"


def test_a_count_waits_for_the_side(phone):
    page = phone()
    page.evaluate("sound.perform([{ say: 'Right leg', rank: 2 }, { say: '1. Lift', rank: 1 }])")
    page.clock.run_for(100)

    page.evaluate("sound.perform([{ say: 'Hold', rank: 1 }])")
    page.clock.run_for(3000)

    assert words_spoken(page) == ["Right leg", "Hold"], "and what is stale is left out"


def test_a_voice_that_stays_silent_is_replaced_by_a_beep(phone):
    page = phone()
    page.evaluate("isMute = true")

    page.evaluate("sound.perform([{ say: '5 seconds.', rank: 2, instead: 'soft' }])")
    page.clock.run_for(1400)
    assert pitches(page) == []
    page.clock.run_for(200)
    assert pitches(page) == [SOFT]

    page.evaluate("sound.perform([{ say: 'Halfway.', rank: 2, instead: 'soft' }])")
    page.clock.run_for(1600)
    page.evaluate("sound.perform([{ say: 'Hold', rank: 1, instead: 'soft' }])")
    assert pitches(page) == [SOFT, SOFT, SOFT], "after twice nobody waits for it any more"
    assert words_spoken(page) == ["5 seconds.", "Halfway."]


def test_a_voice_of_another_language_reads_nothing(phone):
    page = phone(language="de-DE")
    assert page.evaluate("sound.isVoiceAvailable") is None
    page.clock.run_for(2000)

    page.evaluate("sound.perform([{ say: 'Hold', rank: 1, instead: 'soft' }])")

    assert page.evaluate("sound.isVoiceAvailable") is False
    assert page.evaluate("told") == [["voice", False]], "told once"
    assert (words_spoken(page), pitches(page)) == ([], [SOFT])


@pytest.mark.parametrize(
    "voice", ["{ lang: 'en-GB', localService: false }", "{ lang: 'fr-FR', localService: true }"]
)
def test_nothing_is_sent_to_a_voice_elsewhere_and_none_reads_a_foreign_language(phone, voice):
    page = phone(before=f"window.voices = [{voice}];")
    page.clock.run_for(3000)

    assert page.evaluate("sound.isVoiceAvailable") is False


def test_voices_may_come_late(phone):
    page = phone(before="window.voices = [];")
    page.clock.run_for(3000)
    assert page.evaluate("sound.isVoiceAvailable") is False

    page.evaluate("voices.push({ lang: 'en_US', localService: true, name: 'Sam' })")
    page.evaluate("speechSynthesis.dispatchEvent(new Event('voiceschanged'))")
    page.evaluate("sound.perform([{ say: 'Hold', rank: 1 }])")

    assert page.evaluate("told") == [["voice", False], ["voice", True]]
    assert page.evaluate("spoken.at(-1).voice") == "Sam"


def test_whoever_turned_the_voice_off_under_me_hears_beeps(phone):
    page = phone()
    assert page.evaluate("player.wishedProfile(document)") == "voice"
    page.evaluate("document.documentElement.dataset.voice = 'off'")
    assert page.evaluate("player.wishedProfile(document)") == "beeps"

    page.evaluate("sound.perform([{ say: 'Hold', rank: 1, instead: 'soft' }])")

    assert (words_spoken(page), pitches(page)) == ([], [SOFT])


def test_beeps_stand_on_the_clock_of_the_sound_and_can_be_taken_back(phone):
    page = phone()
    page.evaluate(
        """window.begun = performance.now();
        sound.perform([{ beeps: [0, 1000, 2000].map((inMs) => ({ inMs, kind: 'short' })) }])"""
    )
    assert page.evaluate("tones.map((one) => Math.round(one.at - begun))") == [0, 1000, 2000]
    assert page.evaluate("Math.max(...tones.map((one) => one.volume()))") <= 0.25, "never a shout"
    page.clock.run_for(1050)

    page.evaluate("sound.perform([{ hush: true, beeps: [{ inMs: 0, kind: 'long' }] }])")

    assert pitches(page) == [SHORT, SHORT, LONG], "what sounded already is not cut"


def test_a_beep_planned_while_the_sound_wakes_is_not_lost(phone):
    page = phone(is_unlocked=False)

    page.evaluate(
        "sound.unlock(); sound.perform([{ beeps: [0, 500].map((inMs) => ({ inMs, kind: 'short' })) }])"
    )
    assert pitches(page) == []
    page.evaluate("window.begun = performance.now()")
    page.clock.run_for(100)

    assert page.evaluate("tones.map((one) => Math.round(one.at - begun))") == [40, 500]


def test_a_call_that_takes_the_sound_pauses(phone):
    page = phone()
    page.evaluate("sound.perform([{ beeps: [{ inMs: 3000, kind: 'short' }] }])")

    page.evaluate("audio.become('interrupted')")
    page.evaluate("audio.become('suspended')")

    assert page.evaluate("told") == [["paused", "audio"]], "said once"
    assert pitches(page) == []
    page.evaluate("sound.unlock()")
    page.clock.run_for(100)
    page.evaluate("sound.perform([{ beeps: [{ inMs: 0, kind: 'short' }] }])")
    assert pitches(page) == [SHORT]


def test_at_the_end_others_have_the_sound_back_and_the_screen_may_sleep(phone):
    page = phone()
    page.evaluate("sound.perform([{ say: 'Well done.', rank: 2 }])")
    page.clock.run_for(100)

    page.evaluate("sound.release()")
    page.evaluate("sound.release()")
    page.clock.run_for(1500)

    assert page.evaluate("[navigator.audioSession.type, audio.state]") == ["auto", "suspended"]
    assert page.evaluate("locks[0].isReleased") is True
    assert words_spoken(page) == ["Well done."], "and it is said to its end"
    assert page.evaluate("told") == [], "that is no interruption"
    assert page.evaluate("sound.isAwake") is False


def test_a_page_that_was_hidden_keeps_the_screen_on_again(phone):
    page = phone()
    page.evaluate("locks[0].release()")  # what a browser does to a page that is hidden
    page.evaluate("0")
    assert page.evaluate("told") == [["awake", False]]

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("0")
    assert page.evaluate("[locks.length, sound.isAwake]") == [2, True]

    page.evaluate("sound.release()")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate("[locks.length, sound.isAwake]") == [2, False]


def test_a_phone_that_refuses_to_stay_on_says_so(phone):
    page = phone(before="window.isRefused = true;", is_unlocked=False)

    page.evaluate("sound.unlock()")
    page.evaluate("0")

    assert page.evaluate("told.at(-1)") == ["awake", False]


def test_beeps_alone_say_nothing(phone):
    page = phone("beeps")

    page.evaluate(
        "sound.perform([{ say: '1', rank: 1, instead: 'soft', buzz: [40], pulse: true, live: 'One.' }])"
    )

    assert (words_spoken(page), pitches(page), page.evaluate("buzzed")) == ([], [SOFT], [])
    assert page.evaluate("told") == [["live", "One."]]


def test_silent_is_a_buzz_and_a_pulse_at_most_once_a_second(phone):
    page = phone("silent")
    pulse = """sound.perform([
        { say: 'Hold', instead: 'soft', beeps: [{ inMs: 0, kind: 'long' }], buzz: [300], pulse: true },
    ])"""
    is_pulsing = "document.body.classList.contains('cue-pulse')"

    page.evaluate(pulse)
    assert page.evaluate(is_pulsing) is True
    page.clock.run_for(500)
    page.evaluate(pulse)
    assert page.evaluate(is_pulsing) is False
    page.clock.run_for(500)
    page.evaluate(pulse)
    assert page.evaluate(is_pulsing) is True

    assert page.evaluate("buzzed") == [[300]] * 3
    assert (words_spoken(page), pitches(page)) == ([], [])


def test_a_screen_reader_hears_its_own_voice_alone(phone):
    page = phone(isScreenReader=True)

    page.evaluate("sound.perform([{ alert: 'OK, we have stopped.', say: 'OK, we have stopped.', rank: 3 }])")

    assert words_spoken(page) == []
    assert page.evaluate("told") == [["alert", "OK, we have stopped."]]


def test_the_sound_can_be_turned_down_in_the_middle(phone):
    page = phone()
    page.evaluate("sound.perform([{ say: 'Hold', beeps: [{ inMs: 3000, kind: 'short' }] }])")
    page.clock.run_for(100)

    page.evaluate("sound.profile = 'silent'")

    assert (words_spoken(page), pitches(page)) == (["Hold", "(Hold broken off)"], [])


def test_a_session_is_heard_view_by_view(phone):
    page = phone()
    page.evaluate(
        """([steps, blocks]) => {
            const block = { key: "stretch", exercise: "stretch", planned: "stretch", sides: [], share: 100 };
            const state = player.reduceAll([
                { id: "1", seq: 1, type: "started", mono: 0, data: { blocks: [block], steps } },
                { id: "2", seq: 2, type: "pain_before", mono: 0, data: {} },
            ]);
            window.shown = (mono) => sound.update(player.view(state, mono), mono, { blocks, steps });
        }""",
        [stretch(), BLOCKS],
    )

    page.evaluate("shown(0)")
    page.evaluate("shown(100)")

    assert words_spoken(page) == ["First: Standing calf stretch."]
    assert pitches(page) == [SHORT] * 3
    assert page.evaluate("told") == [["live", "First: Standing calf stretch. Stand up. Right leg"]]
