/**
 * What a session says, beeps and buzzes: `cuesFor` decides it from two views, `player` makes it heard.
 *
 *   const words = phrases(document);                           the words of logbook/player_words.html
 *   const sound = player(wishedProfile(document), { language: document.documentElement.lang, words, onLive, onAlert });
 *   sound.unlock();                                            in the tap on Start, and on Resume
 *   sound.update(view(state, mono), mono, { blocks: kit.blocks, steps: state.steps, speed: state.speed });
 *   sound.release();                                           the session is over
 *
 * `update` is asked about every view that is drawn; a view in which nothing happened gives no cue.
 *
 * @typedef {import("./beeps.js").Beep} Beep
 * @typedef {"voice" | "beeps" | "silent"} Profile voice: words and beeps. silent: a pulse on the screen, and a buzz.
 * @typedef {{say?: string, rank?: number, instead?: import("./beeps.js").Kind, beeps?: Beep[], buzz?: number[],
 *   pulse?: boolean, live?: string, alert?: string, hush?: true | "beeps"}} Cue
 *   instead: the beep in place of words that cannot be said. rank: words of a higher one are not broken off by those
 *   of a lower. live, alert: for the regions that screen readers read. hush: all that was planned is stale, and unless
 *   it is only "beeps", what is being said as well.
 * @typedef {(key: string, values?: Record<string, string | number>) => string} Words
 * @typedef {object} Context All but `words` may be missing.
 * @property {Words} words
 * @property {Record<string, {name: string, category?: string}>} blocks of the kit, by their key
 * @property {import("./session.js").Step[]} steps of the whole session
 * @property {string} speed "normal", "slower" or "slowest"
 * @property {number} passed milliseconds of the session between the two views
 * @property {boolean} isAutomatic whether it goes on without a tap
 * @property {boolean} isScreenReader nothing is said aloud: somebody's own voice reads
 */

import { awake } from "./awake.js";
import { beeps as beeper, buzz } from "./beeps.js";
import { voice } from "./voice.js";

const WORK = new Set(["reps", "hold", "self"]);
const STAGE = new Set(["ready", "work", "rest", "switch", "ask"]);
const STAGE_OR_SHEET = new Set([...STAGE, "paused", "skip", "stop"]);
const BEFORE_WORK = new Set(["ready", "rest", "switch"]);
const OVER = new Set(["after", "done"]);

const [COUNTING, GUIDING, STOPPING] = [1, 2, 3];
const COUNT_DOWN = [3000, 2000, 1000];
const FIVE = 5000;
/** A hold this short is over before anybody could say that half of it is. */
const SHORTEST_HALVED = 16_000;
const SHORTEST_WITH_FIVE = 10_000;
const FEWEST_HALVED = 6;
/** Minutes are said from here on. */
const MINUTE = 60_000;
/** A phase as long as this, in seconds, has time for its word. */
const SLOW_PHASE = 1.5;
const TIMES_AS_LONG = { normal: 1, slower: 1.5, slowest: 2 };
/** By how many milliseconds the end of a step may seem to move while nobody moved it. */
const JITTER = 200;

const BUZZ = { short: [80], long: [300], soft: [40], stop: [200, 100, 200] };

/**
 * What is to be heard between two views of a session, and nothing if nothing happened.
 * @param {object | null} before the view asked about last
 * @param {object} now
 * @param {Context} context
 * @returns {Cue[]}
 */
export function cuesFor(before, now, context) {
  if (!STAGE.has(now.screen)) return before?.screen === now.screen ? [] : elsewhere(before, now, context);
  const cues = isEntered(before, now) ? entered(before, now, context) : during(before, now, context);
  return context.isScreenReader ? cues.map(unsaid).filter((cue) => Object.keys(cue).length) : cues;
}

/** What is left of a cue where somebody's own voice reads the page. @param {Cue} cue */
function unsaid({ say, rank, instead, ...rest }) {
  return instead ? { ...rest, beeps: [...(rest.beeps ?? []), { inMs: 0, kind: instead }] } : rest;
}

// --- outside the steps ---

function elsewhere(before, now, { words, isScreenReader }) {
  const wasOn = before !== null && STAGE_OR_SHEET.has(before.screen);
  /** @returns {Cue} one sentence, aloud and for a screen reader; what was planned or said before is stale */
  const only = (key, rank = GUIDING) => ({
    hush: true,
    live: words(key),
    ...(isScreenReader ? {} : { say: words(key), rank, instead: "soft" }),
  });
  if (now.screen === "stop") {
    const { live, ...stopped } = only("stopped", STOPPING);
    return [{ ...stopped, alert: live, buzz: BUZZ.stop, pulse: true }];
  }
  if (now.screen === "paused") return [only("paused")];
  if (now.screen === "skip") return [only("skipping")];
  if (OVER.has(now.screen) && wasOn) return [{ ...(now.is_whole ? only("saved") : only("saved_part")), instead: "long" }];
  return wasOn ? [{ hush: true }] : [];
}

// --- a step begins ---

/** Whether a step begins, or begins again, or goes on after the clock stood. */
function isEntered(before, now) {
  if (!before || before.screen !== now.screen || before.step?.id !== now.step.id) return true;
  if (now.screen !== "work") return false;
  // Taken back to the start of the set.
  return now.rep !== null ? now.rep < before.rep : now.remaining > before.remaining + JITTER * 5;
}

function entered(before, now, context) {
  const isSame = before?.screen === "paused" && before.step?.id === now.step.id;
  if (isSame || before?.screen === "parked" || now.is_lead_in) return resumed(now, context);
  return { ready: toReady, work: toWork, rest: toRest, switch: toSwitch, ask: toAsk }[now.screen](before, now, context);
}

/** @param {Context} context */
function toReady(before, now, context) {
  const { words } = context;
  const isFirst = now.number === 1 && !before?.step;
  const name = words(isFirst ? "first" : "next", { name: nameOf(now.block, context) });
  const position = before?.step?.position === now.step.position ? "" : words(now.step.position);
  const side = sideIn(words, sideNow(now));
  return inOrder([name, position, side], { hush: true, beeps: countDown(now, context), live: true });
}

function toWork(before, now, context) {
  const { words } = context;
  const isCounting = now.step.kind === "reps";
  const side = sideIn(words, sideNow(now));
  const set = words("set_of", { name: nameOf(now.block, context), set: now.set, sets: now.of_sets });
  const dose = isCounting ? words("times", { reps: now.reps }) : durationIn(words, now);
  const start = {
    hush: true,
    beeps: [{ inMs: 0, kind: "long" }],
    buzz: BUZZ.long,
    pulse: true,
    live: sentence([set, side, dose]),
  };
  if (!isCounting) return said([side, dose || words("go")], start);
  // Where the sides take turns, each repetition names its own.
  return [...said([now.step.side === "alternate" ? "" : side], start), ...repetition(now, context)];
}

function toRest(before, now, context) {
  const { words } = context;
  const next = nextStep(now, context);
  const isSame = next && next.exercise === now.step.exercise && WORK.has(next.kind);
  const set = isSame ? words("next_set", { set: next.set, sets: next.of_sets }) : nextName(now, context);
  const side = isSame && next.side !== "alternate" ? sideIn(words, next.side) : "";
  const lasts = words("rest", { seconds: Math.round(now.remaining / 1000) });
  const isAfterWork = before?.screen === "work";
  return inOrder([lasts, set, side], {
    hush: true,
    beeps: [...(isAfterWork ? ended() : []), ...countDown(now, context)],
    live: sentence([isAfterWork ? words("set_done") : "", lasts, set, side]),
  });
}

function toSwitch(before, now, context) {
  const { words } = context;
  const side = sideIn(words, sideAfter(now, context));
  const isAfterWork = before?.screen === "work";
  return inOrder([words("change"), side], {
    hush: true,
    beeps: [...(isAfterWork ? ended() : []), ...countDown(now, context)],
    live: true,
  });
}

function toAsk(before, now, context) {
  const { words } = context;
  const next = now.next ? nextName(now, context) : words("last");
  return inOrder([words("ask"), next], { hush: true, beeps: before?.screen === "work" ? ended() : [], live: true });
}

/** After a pause; work begins with three, two, one. */
function resumed(now, context) {
  const { words } = context;
  const side = now.screen === "work" ? sideIn(words, sideNow(now)) : "";
  const lead = now.is_lead_in ? COUNT_DOWN.slice(-now.seconds).map((_, i) => ({ inMs: i * 1000, kind: "short" })) : [];
  return inOrder([words("go_on"), side], {
    hush: true,
    beeps: lead.length ? lead : BEFORE_WORK.has(now.screen) ? countDown(now, context) : [],
    live: true,
  });
}

// --- a step goes on ---

function during(before, now, context) {
  if (now.is_lead_in) return now.seconds < before.seconds ? [tick()] : [];
  if (before.is_lead_in) {
    const start = { beeps: [{ inMs: 0, kind: "long" }], buzz: BUZZ.long, pulse: true };
    return now.step.kind === "reps" ? [start, ...repetition(now, context)] : [start];
  }
  if (now.step.kind === "reps") return counted(before, now, context);
  if (now.screen === "work") return held(before, now, context);
  return counting(before, now, context);
}

/** A countdown: it is planned once, and again when its end moved. */
function counting(before, now, context) {
  const { words } = context;
  const cues = [];
  if (hasMoved(before, now, context)) {
    // Nothing said is stale, only what was planned: "more time" comes while the exercise is being named.
    cues.push({ hush: "beeps", beeps: countDown(now, context) });
  } else if (BEFORE_WORK.has(now.screen) && context.isAutomatic !== false) {
    if (COUNT_DOWN.some((ms) => crosses(before, now, ms))) cues.push(tick());
    if (context.isScreenReader && crosses(before, now, FIVE)) cues.push({ live: words("five") });
  }
  if (now.is_waiting && !before.is_waiting) cues.push(guide(words("waiting")));
  return cues;
}

/** A hold, or a walk: half of it, and its last seconds. */
function held(before, now, context) {
  const { words, isScreenReader } = context;
  const lasts = now.step.dur_ms ?? 0;
  const mark = (key) => ({ ...guide(words(key)), ...(isScreenReader ? { live: words(key) } : {}) });
  if (lasts >= SHORTEST_WITH_FIVE && crosses(before, now, FIVE)) return [mark("five")];
  if (lasts >= SHORTEST_HALVED && crosses(before, now, lasts / 2)) return [mark("half")];
  if (now.step.kind === "self" && crosses(before, now, 0)) {
    return [{ beeps: ended(), buzz: BUZZ.long, pulse: true, live: words("time_up"), ...aloud(words("time_up")) }];
  }
  return [];
}

function counted(before, now, context) {
  const { words } = context;
  if (now.rep !== before.rep) {
    const half = Math.floor(now.reps / 2) + 1;
    const isHalf = context.isScreenReader && now.reps >= FEWEST_HALVED && before.rep < half && now.rep >= half;
    return [...(isHalf ? [{ live: words("half") }] : []), ...repetition(now, context)];
  }
  if (now.phase === before.phase || !isSlow(now, context)) return [];
  const word = phaseWord(words, now, inKit(now.block, context));
  return word ? [{ say: word, rank: COUNTING, instead: "soft" }] : [];
}

/** A repetition begins: its side where the sides take turns, its number where it is counted, the word of its phase. */
function repetition(now, context) {
  const { words } = context;
  const side = now.step.side === "alternate" ? sideIn(words, now.side) : "";
  const number = isCounted(now.rep, now.reps) ? `${now.rep}` : "";
  const word = isSlow(now, context) ? phaseWord(words, now, inKit(now.block, context)) : "";
  const say = sentence([side, number, word]);
  const felt = { buzz: BUZZ.soft, pulse: true };
  return [say ? { say, rank: COUNTING, instead: "soft", ...felt } : { beeps: [{ inMs: 0, kind: "soft" }], ...felt }];
}

/** The first five, every fifth, and the last two. */
function isCounted(rep, reps) {
  return rep <= 5 || rep % 5 === 0 || rep >= reps - 1;
}

// --- small words ---

const aloud = (text) => ({ say: text, rank: GUIDING, instead: "soft" });

/** @returns {Cue} words that guide, and a mark in their place */
const guide = (text) => ({ ...aloud(text), pulse: true, buzz: BUZZ.soft });

/** A second of three, two, one: its beep was planned before. */
const tick = () => ({ buzz: BUZZ.short, pulse: true });

/** Two marks: the work of a set is over. */
const ended = () => [
  { inMs: 0, kind: "soft" },
  { inMs: 160, kind: "soft" },
];

/** Three, two, one, as far as there is time for it, and only where work begins by itself. */
function countDown(now, { isAutomatic }) {
  if (!BEFORE_WORK.has(now.screen) || isAutomatic === false) return [];
  return COUNT_DOWN.map((ms) => ({ inMs: now.remaining - ms, kind: "short" })).filter(({ inMs }) => inMs >= 0);
}

/** Several phrases of one moment, the first with whatever happens besides. `live: true` reads the same. */
function inOrder(texts, first) {
  const whole = first.live === true ? { ...first, live: sentence(texts) } : first;
  const isHeard = whole.beeps?.some(({ inMs }) => inMs === 0);
  return said(texts, isHeard ? whole : { ...whole, instead: "soft" });
}

function said(texts, first) {
  const spoken = texts.filter(Boolean).map((say) => ({ say, rank: GUIDING }));
  const [head, ...rest] = spoken.length ? spoken : [{}];
  return [{ ...first, ...head }, ...rest];
}

/** @param {string[]} parts each of which becomes a sentence */
function sentence(parts) {
  const there = parts.filter(Boolean);
  return there.map((part, i) => (/[.!?]$/.test(part) || i === there.length - 1 ? part : `${part}.`)).join(" ");
}

function sideIn(words, side) {
  return side === "right" || side === "left" ? words(side) : "";
}

/** Where the sides take turns, the one that begins. */
function sideNow({ step, side }) {
  return step.side === "alternate" ? (step.first ?? "") : side;
}

function sideAfter(now, context) {
  const next = nextStep(now, context);
  return next ? (next.side === "alternate" ? (next.first ?? "") : next.side) : now.side;
}

function durationIn(words, { step, remaining }) {
  const lasts = step.dur_ms ?? remaining ?? 0;
  const [minutes, seconds] = [Math.round(lasts / MINUTE), Math.round(lasts / 1000)];
  if (!lasts) return "";
  if (lasts % MINUTE === 0) return minutes === 1 ? words("go_minute") : words("go_minutes", { minutes });
  return words(lasts < MINUTE && step.kind === "hold" ? "hold_seconds" : "go_seconds", { seconds });
}

/** A block of a session knows its key, the kit its name. */
function inKit(block, { blocks }) {
  return blocks?.[typeof block === "string" ? block : block?.key];
}

function nameOf(block, context) {
  return inKit(block, context)?.name ?? "";
}

function nextName(now, context) {
  const name = now.next ? nameOf(now.next, context) : "";
  return name ? context.words("next", { name }) : "";
}

function nextStep(now, { steps = [] }) {
  const index = steps.findIndex((step) => step.id === now.step.id);
  return index < 0 ? undefined : steps[index + 1];
}

/** Whether the phases of a repetition have time for their words. */
function isSlow({ step }, { speed = "normal" }) {
  const times = TIMES_AS_LONG[speed] ?? 1;
  const { up, hold, down } = step.tempo;
  return [up * times, hold, down * times].some((seconds) => seconds > SLOW_PHASE);
}

/** What to do in the phase that is on: what makes strong is lifted, the rest is moved. */
export function phaseWord(words, { phase }, block) {
  const isLifted = block?.category === "strength";
  const key = { up: isLifted ? "lift" : "move", hold: "hold", down: isLifted ? "lower" : "back" }[phase];
  return key ? words(key) : "";
}

/** Whether the clock went over this much time left. */
function crosses(before, now, ms) {
  return before.remaining > ms && now.remaining <= ms;
}

/** Whether the end of a step is elsewhere now: more time was asked for, or another pace. */
function hasMoved(before, now, { passed }) {
  if (passed === undefined) return now.remaining > before.remaining;
  return now.remaining > 0 && Math.abs(before.remaining - passed - now.remaining) > JITTER;
}

// --- where the words come from ---

/**
 * The words of logbook/player_words.html.
 * @param {Document} document
 * @returns {Words} what is not there is ""
 */
export function phrases(document) {
  const elements = document.getElementById("player-words")?.content.querySelectorAll("data") ?? [];
  const all = new Map([...elements].map((each) => [each.value, each.textContent.trim()]));
  return (key, values = {}) =>
    (all.get(key) ?? "").replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** How it is to sound until somebody chooses otherwise in the player: as they wish it under Me. @returns {Profile} */
export function wishedProfile(document) {
  return document.documentElement.dataset.voice === "off" ? "beeps" : "voice";
}

// --- making it heard ---

const PULSE_LASTS = 400;
/** Milliseconds: a screen that flashes faster than this can make somebody ill. */
const PULSE_EVERY = 1000;

/**
 * @param {Profile} profile
 * @param {{language: string, words?: Words, pulseOn?: Element | null, isScreenReader?: boolean,
 *   onLive?: (sentence: string) => void, onAlert?: (sentence: string) => void, onPaused?: (reason: string) => void,
 *   onVoice?: (isAvailable: boolean) => void, onAwake?: (isHeld: boolean) => void}} options
 */
export function player(profile, options) {
  const { language, words, pulseOn = null, onLive = () => {}, onAlert = () => {}, onPaused = () => {} } = options;
  const tones = beeper({ onInterrupted: () => onPaused("audio") });
  const speaker = voice({
    language,
    onFail: (text, instead) => instead && tones.schedule([{ inMs: 0, kind: instead }]),
    onChange: options.onVoice,
  });
  const screen = awake({ onChange: options.onAwake });
  let isScreenReader = options.isScreenReader ?? false;
  /** @type {object | null} */
  let last = null;
  let lastMono = 0;
  let pulsedAt = -Infinity;

  /** @param {Cue[]} cues of one moment */
  function perform(cues) {
    if (cues.some((cue) => cue.hush)) tones.cancel();
    if (cues.some((cue) => cue.hush === true) && !cues.some((cue) => cue.say)) speaker.hush();
    for (const { live, alert, ...cue } of cues) {
      if (alert) onAlert(alert);
      if (live) onLive(live);
      if (profile === "silent") felt(cue);
      else sounded(cue);
    }
    const isSaid = profile === "voice" && !isScreenReader;
    if (!isSaid) return;
    speaker.say(cues.filter((cue) => cue.say).map(({ say, rank, instead }) => ({ text: say, rank, instead })));
  }

  function sounded({ beeps = [], say, instead }) {
    const isSaid = profile === "voice" && !isScreenReader;
    const extra = say && instead && !isSaid ? [{ inMs: 0, kind: instead }] : [];
    if (beeps.length || extra.length) tones.schedule([...beeps, ...extra]);
  }

  function felt(cue) {
    if (cue.buzz) buzz(cue.buzz);
    if (!cue.pulse || !pulseOn || performance.now() - pulsedAt < PULSE_EVERY) return;
    pulsedAt = performance.now();
    pulseOn.classList.add("cue-pulse");
    setTimeout(() => pulseOn.classList.remove("cue-pulse"), PULSE_LASTS);
  }

  /**
   * @param {object} view as it is drawn
   * @param {number} mono the moment it is of
   * @param {Partial<Context>} context
   */
  function update(view, mono, context) {
    const passed = last ? mono - lastMono : undefined;
    const cues = cuesFor(last, view, { words, isScreenReader, ...context, passed });
    [last, lastMono] = [view, mono];
    perform(cues);
    return cues;
  }

  /** In a tap: sound, speech and a screen that stays on are given only there. */
  function unlock() {
    tones.unlock();
    if (profile === "voice" && !isScreenReader) speaker.unlock();
    screen.hold();
  }

  function hush() {
    tones.cancel();
    speaker.hush();
  }

  /** The last words may still be said. */
  function release() {
    tones.release();
    screen.release();
    last = null;
  }

  return {
    update,
    perform,
    unlock,
    hush,
    release,
    get profile() {
      return profile;
    },
    set profile(chosen) {
      if (chosen !== "voice") speaker.hush();
      if (chosen === "silent") tones.cancel();
      profile = chosen;
    },
    get isScreenReader() {
      return isScreenReader;
    },
    set isScreenReader(is) {
      if (is) speaker.hush();
      isScreenReader = is;
    },
    get isVoiceAvailable() {
      return speaker.isAvailable;
    },
    get isAwake() {
      return screen.isHeld;
    },
  };
}
