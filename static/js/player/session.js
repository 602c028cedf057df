/**
 * A guided session as values: events in, the state out; a state and a moment in, what is to be seen out.
 *
 * Nothing here knows a page, a store or a clock. All moments are whole milliseconds since the session started
 * ("mono"), so one number drives everything: a step ends at `begun + duration + shifted`, whatever the timers of the
 * browser do. tests/session_cases.json says what has to come out; the server reads the same events by itself.
 *
 * @typedef {"ready" | "reps" | "hold" | "self" | "rest" | "switch" | "ask"} Kind
 * @typedef {{id: string, kind: Kind, exercise: string, set: number, of_sets: number, side: string, first: string | null,
 *   dur_ms: number | null, reps: number | null, position: string,
 *   tempo: {up: number, hold: number, down: number, pause: number} | null}} Step
 * @typedef {{key: string, exercise: string, planned: string, instead_of: string | null, share: number, sides: string[],
 *   is_nerve_glide: boolean}} Block
 * @typedef {{id: string, seq: number, type: string, mono: number, step: string | null, data: object}} Event
 */

const READY_AFTER_MOVING = 20_000;
const READY_MORE = 20_000;
const LEAD_IN = 3000;
const PARK_AFTER = 10 * 60_000;
const SKIP_AFTER = 6000;
export const TWICE_WITHIN = 3000;
const GENTLE = 50; // percent of the dose
const LATE = 1500;
/** Phases this short are no use to count down: the repetition is the number to see. In seconds. */
const SHORT_PHASE = 1.5;
const TIMES_AS_LONG = { normal: 1, slower: 1.5, slowest: 2 };
const OTHER = { left: "right", right: "left" };
/** Where somebody is before the first exercise. */
const AT_FIRST = "standing";

const WORK = new Set(["reps", "hold", "self"]);
/** Further down the leg, or tingling, for more than 10 minutes. */
const LASTED = new Set(["stayed", "over_10"]);
const STAGE = new Set(["ready", "work", "rest", "switch", "ask"]);
const CAN_STOP = new Set([...STAGE, "paused", "skip"]);

export const NOTHING = Object.freeze({
  screen: "idle",
  seq: 0,
  /** the id of the last event: two tabs may have given out one number */ last: "",
  mono: 0,
  /** @type {Block[]} */ blocks: [],
  /** @type {Step[]} */ steps: [],
  /** @type {string[]} the ids of the sets that were done */ done: [],
  index: -1,
  begun: 0,
  shifted: 0,
  extra: 0,
  leadUntil: 0,
  /** @type {number | null} while the clock stands: since when */ pausedAt: null,
  reason: "",
  /** where a safety question, a park or a slip leads back to */ from: "",
  backAt: -Infinity,
  speed: "normal",
  isAutomatic: true,
  painBefore: undefined,
  answers: {},
  questions: [],
  /** @type {string[]} what was told to be new, when it was stopped */ symptoms: [],
  /** it was just stopped for pain, and not gone on with yet */ isStopping: false,
  /** it was stopped for pain, and what hurt was left */ isStopped: false,
  isOver: false,
  isSaved: false,
  isSkippedDay: false,
  isGentle: false,
});

/** @param {Event[]} events in whatever order, however often each */
export function reduceAll(events) {
  const once = new Map(events.map((event) => [event.id, event]));
  const inOrder = [...once.values()].sort((a, b) => a.seq - b.seq || (a.id < b.id ? -1 : 1));
  return inOrder.reduce(reduce, NOTHING);
}

/**
 * The state after one more event. An event that fits nothing, or came before, changes nothing.
 * @param {Event} event
 */
export function reduce(state, event) {
  if (event.seq < state.seq || (event.seq === state.seq && event.id <= state.last)) return state;
  const next = Object.hasOwn(ON, event.type) ? ON[event.type](state, event) : null;
  return next ? { ...next, seq: event.seq, last: event.id, mono: Math.max(state.mono, event.mono) } : state;
}

/** What each event does; null where it does not fit. @type {Record<string, (state: any, event: any) => any>} */
const ON = {
  started: (state, { data }) =>
    state.screen === "idle" && {
      ...state,
      screen: data.asks_safety ? "safety" : "before",
      blocks: data.blocks,
      steps: data.steps,
      speed: data.settings?.speed ?? "normal",
      isAutomatic: data.settings?.auto_advance ?? true,
    },
  cleared: (state) => state.screen === "safety" && { ...state, screen: state.from || "before", from: "" },
  locked: (state) => !state.isSaved && state.screen !== "idle" && { ...left(state), screen: "urgent", isSaved: true },
  pain_before: (state, event) => {
    if (state.screen !== "before") return null;
    const said = { ...state, painBefore: event.data.value };
    return event.data.offers_gentle ? { ...said, screen: "gentle_offer" } : toStep(said, 0, event.mono);
  },
  gentle: (state, { data, mono }) => {
    if (state.screen !== "gentle_offer") return null;
    if (data.choice === "not_today") return { ...over(state), isSkippedDay: true };
    if (data.choice !== "gentle") return toStep(state, 0, mono);
    return toStep({ ...state, isGentle: true, steps: data.steps, blocks: data.blocks }, 0, mono);
  },
  advanced: (state, { step, mono }) =>
    STAGE.has(state.screen) && step === stepOf(state).id ? toStep(credited(state), state.index + 1, mono) : null,
  more_time: (state) => STAGE.has(state.screen) && state.screen !== "work" && { ...state, extra: state.extra + READY_MORE },
  back: (state, { mono }) => {
    if (!STAGE.has(state.screen) && state.screen !== "paused") return null;
    const isSecond = mono - state.backAt <= TWICE_WITHIN;
    return { ...toStep(state, isSecond ? exerciseBefore(state) : setBefore(state), mono), backAt: isSecond ? -Infinity : mono };
  },
  paused: (state, { data, mono }) =>
    STAGE.has(state.screen) && { ...frozen(state, mono), screen: "paused", reason: data.reason ?? "user" },
  resumed: (state, { mono }) => (state.screen === "paused" ? goneOn(state, mono) : null),
  stopped: (state, { mono }) => CAN_STOP.has(state.screen) && { ...frozen(state, mono), screen: "stop", isStopping: true },
  gone_on: (state) =>
    (state.screen === "stop" || state.screen === "skip") && { ...state, screen: "paused", reason: "user", isStopping: false },
  skip_asked: (state, { mono }) =>
    (STAGE.has(state.screen) || state.screen === "paused") && { ...frozen(state, mono), screen: "skip", askedAt: mono },
  skipped: (state, { data, mono }) =>
    CAN_STOP.has(state.screen) || state.screen === "stop"
      ? toStep(left(state, data.reason === "pain"), afterExercise(state), mono)
      : null,
  swapped: (state, { data, mono }) => {
    if (!CAN_STOP.has(state.screen) && state.screen !== "stop") return null;
    const old = keyOf(stepOf(state));
    const first = state.steps.findIndex((step) => keyOf(step) === old);
    const others = state.steps.filter((step) => keyOf(step) !== old);
    const steps = [...others.slice(0, first), ...data.steps, ...others.slice(first)];
    const blocks = state.blocks.map((block) => (block.key === old ? data.block : block));
    return toStep({ ...left(state), steps, blocks }, first, mono);
  },
  ended: (state) =>
    (CAN_STOP.has(state.screen) || state.screen === "stop" || state.screen === "gentle_offer") && over(left(state)),
  symptom: (state, { data }) =>
    state.screen === "stop" && { ...state, screen: "safety", from: "stop", symptoms: [...state.symptoms, data.what] },
  glance: (state, { data, mono }) => {
    if (state.screen !== "ask") return null;
    if (data.answer === "much") return { ...frozen(state, mono), screen: "stop", isStopping: true };
    return toStep(state, state.index + 1, mono);
  },
  speed: (state, { data, mono }) => {
    if (!Object.hasOwn(TIMES_AS_LONG, data.speed)) return null;
    const faster = { ...state, speed: data.speed };
    const step = stepOf(state);
    if (!step || !(STAGE.has(state.screen) || state.pausedAt !== null)) return faster;
    // As far into the step as before, at the new pace.
    const share = elapsed(state, mono) / (duration(state) || 1);
    const at = Math.max(state.pausedAt ?? mono, state.leadUntil);
    return { ...faster, begun: at - Math.round(share * duration(faster)), shifted: 0 };
  },
  auto_advance: (state, { data }) => ({ ...state, isAutomatic: Boolean(data.is_on) }),
  clock_jumped: (state) => state,
  parked: (state, { mono }) =>
    (CAN_STOP.has(state.screen) || state.screen === "stop" || (state.screen === "safety" && state.from)) && {
      ...frozen(state, mono),
      screen: "parked",
      from: state.screen === "stop" || state.screen === "safety" ? state.screen : "",
    },
  carried_on: (state, { mono }) => {
    if (state.screen !== "parked") return null;
    // Questions that were not answered come again, and lead back to the stop.
    return state.from ? { ...state, screen: state.from, from: state.from === "safety" ? "stop" : "" } : goneOn(state, mono);
  },
  discarded: (state) => !state.isSaved && { ...left(state), screen: "discarded" },
  saved: (state, { data }) => {
    if (state.isSaved || !(state.isOver || state.screen === "parked")) return null;
    const isAsked = !state.isSkippedDay && !data.is_late;
    return { ...left(state), isOver: true, isSaved: true, screen: "after", questions: isAsked ? questionsOf(state) : [] };
  },
  answered: (state, { data }) =>
    state.isSaved &&
    state.screen === "after" && { ...state, answers: { ...state.answers, [questionKey(data)]: data.value } },
};

// --- steps and their clock ---

/** The step that is on, or was when it stopped. @returns {Step | undefined} */
export const stepOf = (state) => state.steps[state.index];

/** The key of the block a step belongs to. @param {Step} step */
export const keyOf = (step) => step.id.slice(0, step.id.lastIndexOf("."));

function screenOf(step) {
  return WORK.has(step.kind) ? "work" : step.kind;
}

function toStep(state, index, mono) {
  if (index >= state.steps.length) return over(state);
  const fresh = { index, begun: mono, shifted: 0, extra: 0, leadUntil: 0, pausedAt: null, reason: "", from: "" };
  return { ...state, ...fresh, screen: screenOf(state.steps[index]) };
}

/** Which sets were done. */
function credited(state) {
  const step = stepOf(state);
  return WORK.has(step.kind) ? { ...state, done: [...new Set([...state.done, step.id])] } : state;
}

/** What was stopped for pain is left for good. */
function left(state, isForPain = false) {
  return { ...state, isStopped: state.isStopped || state.isStopping || isForPain, isStopping: false };
}

function over(state) {
  return { ...state, screen: "after", isOver: true, pausedAt: null };
}

function frozen(state, mono) {
  return state.pausedAt === null ? { ...state, pausedAt: mono } : state;
}

/** Back in the step at the moment it was left; work begins with three, two, one. */
function goneOn(state, mono) {
  const screen = screenOf(stepOf(state));
  const leadIn = screen === "work" && stepOf(state).kind !== "self" ? LEAD_IN : 0;
  // A pause within an earlier three, two, one adds no more than that had still to run.
  const since = Math.max(state.pausedAt, state.leadUntil);
  const shifted = state.shifted + (mono - since) + leadIn;
  return { ...state, screen, shifted, leadUntil: leadIn ? mono + leadIn : 0, pausedAt: null, reason: "" };
}

/** Milliseconds that one repetition takes. @param {Step} step */
function cycle(state, step) {
  const { up, hold, down, pause } = step.tempo;
  return ((up + down + pause) * TIMES_AS_LONG[state.speed] + hold) * 1000;
}

/** Milliseconds that a step lasts, as it was asked for. Held and rested is as long as prescribed, at any speed. */
function lasts(state, index) {
  const step = state.steps[index];
  if (step.kind === "reps") return step.reps * cycle(state, step);
  if (step.kind === "switch") return step.dur_ms * TIMES_AS_LONG[state.speed];
  if (step.kind !== "ready") return step.dur_ms;
  const before = state.steps[index - 1]?.position ?? AT_FIRST;
  return (before === step.position ? step.dur_ms : READY_AFTER_MOVING) * TIMES_AS_LONG[state.speed];
}

/** Milliseconds of the step that are over; before the three, two, one is through, as many as when it was left. */
function elapsed(state, mono) {
  const at = state.pausedAt ?? mono;
  return Math.max(0, Math.max(at, state.leadUntil) - state.begun - state.shifted);
}

function duration(state) {
  return lasts(state, state.index) + state.extra;
}

/** Whether a step waits for a tap when its time is over. */
function waits(state) {
  const { kind } = stepOf(state);
  return kind === "self" || (!state.isAutomatic && kind !== "hold" && kind !== "ask");
}

/** The first step of this set: what "back" begins again. */
function setBefore(state) {
  if (screenOf(stepOf(state)) === "work" || stepOf(state).kind === "ready") return state.index;
  const index = state.steps.slice(0, state.index).findLastIndex((step) => WORK.has(step.kind));
  return Math.max(0, index);
}

function exerciseBefore(state) {
  const key = keyOf(stepOf(state));
  const first = state.steps.findIndex((step) => keyOf(step) === key);
  if (first <= 0) return 0;
  const before = keyOf(state.steps[first - 1]);
  return state.steps.findIndex((step) => keyOf(step) === before);
}

function afterExercise(state) {
  const key = keyOf(stepOf(state));
  const index = state.steps.findIndex((step, i) => i > state.index && keyOf(step) !== key);
  return index < 0 ? state.steps.length : index;
}

// --- what comes by itself ---

/**
 * What happens by itself at this moment, or null: an event to be written, with the moment it is to have.
 * @param {number} mono now
 * @returns {{type: string, data: object, mono: number} | null}
 */
export function due(state, mono) {
  if (state.isOver && !state.isSaved) return { type: "saved", data: {}, mono };
  if (state.screen === "skip" && state.isAutomatic && mono - state.askedAt >= SKIP_AFTER) return { type: "skipped", data: { reason: "" }, mono };
  if (state.screen === "paused" && mono - state.pausedAt >= PARK_AFTER) return { type: "parked", data: {}, mono };
  if (!STAGE.has(state.screen) || waits(state)) return null;
  const late = elapsed(state, mono) - duration(state);
  // A timer that came a little late does not make the session drift.
  return late < 0 ? null : { type: "advanced", data: { by: "time" }, mono: late <= LATE ? mono - Math.round(late) : mono };
}

/** Milliseconds until `due` may answer something else, or null. */
export function dueIn(state, mono) {
  if (state.isOver && !state.isSaved) return 0;
  if (state.screen === "skip") return state.isAutomatic ? SKIP_AFTER - (mono - state.askedAt) : null;
  if (state.screen === "paused") return PARK_AFTER - (mono - state.pausedAt);
  if (!STAGE.has(state.screen) || waits(state)) return null;
  return duration(state) - elapsed(state, mono);
}

// --- what is to be seen ---

/** What there is to see at a moment: see docs/player.md. */
export function view(state, mono) {
  const step = stepOf(state);
  const isStage = STAGE.has(state.screen);
  const seen = {
    screen: state.screen === "after" && state.isSaved && !openQuestion(state) ? "done" : state.screen,
    under: step && !isStage && ["paused", "stop", "skip"].includes(state.screen) ? screenOf(step) : null,
    reason: state.reason,
    question: state.isSaved ? openQuestion(state) : null,
    segments: segments(state, mono),
    count: state.blocks.length,
    is_whole: !state.isStopped && state.steps.every(({ id, kind }) => !WORK.has(kind) || state.done.includes(id)),
  };
  if (!step || !(isStage || seen.under)) return { ...seen, block: null, step: null, seconds: null, is_waiting: false };
  const number = state.blocks.findIndex((block) => block.key === keyOf(step));
  const left = Math.max(0, duration(state) - elapsed(state, mono));
  const isLeadIn = state.pausedAt === null && mono < state.leadUntil;
  return {
    ...seen,
    block: state.blocks[number],
    next: state.blocks[number + 1]?.key ?? null,
    step,
    number: number + 1,
    set: step.set,
    of_sets: step.of_sets,
    side: step.side,
    reps: step.reps,
    rep: null,
    phase: null,
    t: 0,
    remaining: left,
    seconds: seconds(left),
    is_waiting: waits(state) && (step.kind === "self" || left === 0),
    is_lead_in: isLeadIn,
    ...(step.kind === "reps" ? repetition(state, step, mono) : step.kind === "hold" ? { phase: "hold", t: 1 } : {}),
    ...(isLeadIn ? { seconds: seconds(state.leadUntil - mono), phase: null } : {}),
  };
}

const seconds = (ms) => Math.ceil(ms / 1000 - 0.001);

/** Where a counted movement is: which repetition, on which side, on its way up or down. @param {Step} step */
function repetition(state, step, mono) {
  const whole = cycle(state, step);
  const passed = Math.min(elapsed(state, mono), step.reps * whole - 1);
  const index = Math.max(0, Math.floor(passed / whole));
  const times = TIMES_AS_LONG[state.speed];
  const { tempo } = step;
  const phases = [
    ["up", tempo.up * times],
    ["hold", tempo.hold],
    ["down", tempo.down * times],
    ["pause", tempo.pause * times],
  ].filter(([, length]) => length > 0);
  let at = (passed - index * whole) / 1000;
  let [phase, length] = phases.at(-1);
  for ([phase, length] of phases) {
    if (at < length) break;
    at -= length;
  }
  const part = Math.min(1, at / length);
  const isCounted = phases.some(([, each]) => each > SHORT_PHASE * times);
  return {
    rep: index + 1,
    phase,
    t: { up: smooth(part), hold: 1, down: smooth(1 - part), pause: 0 }[phase],
    side: step.side === "alternate" ? (index % 2 ? OTHER[step.first] : step.first) : step.side,
    seconds: isCounted ? seconds((length - at) * 1000) : index + 1,
  };
}

const smooth = (t) => t * t * (3 - 2 * t);

/** One for each exercise: how wide it is, and how much of it is over; both from 0 to 1. */
function segments(state, mono) {
  const all = state.blocks.map(() => ({ whole: 0, over: 0 }));
  const number = new Map(state.blocks.map((block, i) => [block.key, i]));
  state.steps.forEach((step, i) => {
    const segment = all[number.get(keyOf(step))];
    const whole = lasts(state, i);
    segment.whole += whole;
    if (state.isOver || i < state.index) segment.over += whole;
    else if (i === state.index) segment.over += Math.min(whole, elapsed(state, mono));
  });
  const sum = all.reduce((total, { whole }) => total + whole, 0) || 1;
  return all.map(({ whole, over: gone }) => ({ share: whole / sum, done: whole ? gone / whole : 0 }));
}

// --- after it ---

function questionsOf(state) {
  const done = state.blocks.filter((block) => block.is_nerve_glide && state.done.some((id) => keyOf({ id }) === block.key));
  const glides = done.map((block) => `tingling:${block.exercise}`);
  return ["pain_peak", "pain_after", "spread", ...glides, "effort"];
}

const questionKey = ({ question, exercise }) => (exercise ? `${question}:${exercise}` : question);

function openQuestion(state) {
  return state.questions.find((question) => !Object.hasOwn(state.answers, question)) ?? null;
}

/**
 * Whether it was too much: then nothing more is due that day. The server has finer rules; this one is for a phone
 * that cannot ask it.
 * @param {number} limit of the plan, for pain
 */
export function wasTooMuch({ answers, symptoms, isStopped }, limit) {
  const worst = Math.max(answers.pain_peak ?? 0, answers.pain_after ?? 0);
  return isStopped || symptoms.length > 0 || worst > limit || Object.values(answers).some((answer) => LASTED.has(answer));
}

// --- how one begins ---

/**
 * The data of `started`: the exercises of a day, as they are to be done.
 * @param {object} kit of GET /api/v1/player/kit/
 * @param {object} day one of its days
 * @param {{isShort: boolean, asksSafety: boolean, speed: string, isAutomatic: boolean}} wishes
 */
export function startOf(kit, day, { isShort, asksSafety, speed, isAutomatic }) {
  const keys = isShort && day.short ? day.short.blocks : day.blocks;
  const aside = isShort && day.short ? [...day.set_aside, ...day.short.set_aside] : day.set_aside;
  return {
    plan_version: kit.plan_version,
    stage_number: kit.stage_number,
    kind: isShort && day.short ? "short" : "guided",
    side: kit.side,
    tz: kit.time_zone,
    asks_safety: asksSafety,
    blocks: keys.map((key) => blockOf(kit, key)),
    set_aside: aside.map((key) => blockOf(kit, key)),
    left_out: day.left_out.map(({ planned, sides }) => ({ planned, sides })),
    steps: keys.flatMap((key) => kit.blocks[key].steps),
    settings: { speed, auto_advance: isAutomatic },
  };
}

/** The data of `gentle` for a gentle set: all of it, half as much. */
export function gentleOf(kit, state) {
  return { choice: "gentle", blocks: state.blocks.map(gently), steps: state.blocks.flatMap(({ key }) => kit.blocks[key].gentle_steps) };
}

/** The data of `swapped`: what stands in for the exercise that is on. */
export function swapOf(kit, state, key) {
  const now = state.blocks.find((block) => block.key === keyOf(stepOf(state)));
  const other = { ...blockOf(kit, key), planned: now.planned, instead_of: now.planned };
  const { steps, gentle_steps } = kit.blocks[key];
  const block = state.isGentle ? gently(other) : other;
  return { from: now.exercise, to: block.exercise, block, steps: state.isGentle ? gentle_steps : steps };
}

const gently = (block) => ({ ...block, share: Math.min(block.share, GENTLE) });

/** @returns {Block} what of a block an event has to say */
function blockOf(kit, key) {
  const { exercise, planned, instead_of, share, sides, is_nerve_glide } = kit.blocks[key];
  return { key, exercise, planned, instead_of, share, sides, is_nerve_glide };
}
