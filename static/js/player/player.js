/**
 * The guided player: between what was tapped, the clock, what is kept on this device, and what is seen and heard.
 *
 * Every tap and every end of a step becomes an event. It is put to the state, seen at once, and written down; a page
 * that dies at any moment loses at most the tap that it had no time for. What a session is lies in session.js.
 */

import { flush, follow, stands } from "../offline/outbox.js";
import { eventsOf, fact, isLasting, keep, setFact, unfinished, uuid7, waiting } from "../offline/store.js";
import { phrases, player as soundFor, wishedProfile } from "./cues.js";
import { screens } from "./screen.js";
import { due, dueIn, gentleOf, NOTHING, reduce, reduceAll, startOf, stepOf, swapOf, TWICE_WITHIN, view, wasTooMuch } from "./session.js";

const KIT = "/api/v1/player/kit/";
const KIT_WITHIN = 3000; // milliseconds
const QUESTIONS = "/safety/?for=session";
const HIDDEN_FOR = 2000; // milliseconds that nobody looks, until it pauses
const JUMP = 2000; // milliseconds by which the device's clock may part from the steady one
const CARRY_ON_FOR = 12 * 60 * 60 * 1000;
const START_FOR = 30 * 60_000; // milliseconds in which what was true when a page opened is good for a first move
const ASKED_FOR = 15 * 60_000; // milliseconds after a session in which what was not answered is asked again
const CLOCK = "player-clock"; // how far the session is, written each second
const WISHES = "player-wishes";
const LOCK = "session";
const HERE = new Set(["/", "/player/"]);
const STAGE = new Set(["ready", "work", "rest", "switch", "ask"]);
const ENDS = new Set(["saved", "discarded", "locked"]);
/** What somebody tells of is written down, however late it is. */
const TOLD = new Set(["stopped", "symptom", "screened"]);

const root = document.querySelector("[data-player]");
const { patient, speed } = document.documentElement.dataset;
const words = phrases(document);

/** All a device needs for some days, and the day of it that this session is of. */
let kit;
let day;
/** When the session began, by the clock on the wall; and whether it is still one to go on with. */
let startedAt = 0;
let canCarryOn = true;
let state = NOTHING;
/** The id of the session, and the moment of the steady clock at which it began. */
let session = "";
let zero = 0;
let drift = 0;
/** `started`, as long as nothing was answered: what nobody began is no session. */
let unwritten = null;
/** What is being written down, one after the other. */
let writing = Promise.resolve();
let hiddenAt = null;
let clockAt = 0;
let timer = 0;
let frame = 0;
/** What was heard before the sound was turned off. */
let loud = "";

const wishes = {
  profile: wishedProfile(document),
  speed: speed ?? "normal",
  isAutomatic: true,
  isFar: false,
  hasKeys: true,
  isScreenReader: false,
  ...remembered(WISHES),
};

const ui = screens(root, { send, words, wishes });
const sound = soundFor(wishes.profile, {
  language: document.documentElement.lang,
  words,
  pulseOn: root,
  onLive: ui.live,
  onAlert: ui.alert,
  onPaused: (reason) => STAGE.has(state.screen) && write("paused", { reason }),
  onVoice: ui.voice,
  onAwake: ui.awake,
});
sound.isScreenReader = wishes.isScreenReader;
follow(showSent);

if (navigator.locks) navigator.locks.request(LOCK, { ifAvailable: true }, hold).catch(lose);
else begin().catch(broken);

new BroadcastChannel("tracker").addEventListener("message", ({ data }) => {
  if (data !== "signed-out") return;
  lose();
  ui.page("no_kit");
});

// --- one session on a device ---

/** Held for as long as this page lives, or until another tab takes it. */
function hold(lock) {
  if (!lock) return void ui.page("elsewhere");
  begin().catch(broken);
  return new Promise(() => {});
}

function lose() {
  clearTimeout(timer);
  cancelAnimationFrame(frame);
  state = NOTHING;
  unwritten = null;
  sound.release();
  ui.page("elsewhere");
}

/** It cannot begin, whatever the fault: there is a way to try again. */
function broken(error) {
  console.error(error);
  ui.page("no_kit");
}

// --- how it opens ---

async function begin() {
  // Without a signal every address opens the player; only of Today is it what was looked for.
  if (!HERE.has(location.pathname)) return ui.page("no_page");
  const left = await unfinished(patient);
  let answer = await fetched();
  kit = (left && (await fact(`kit:${left.session}`))) ?? answer.kit;
  if (!kit || kit.patient !== patient) return ui.page("no_kit");
  ui.use(kit);
  if (left) {
    take(left);
    const isHeld = Boolean(answer.kit?.hold || (await fact("locked")) || isRuledOut(answer));
    // What has to be asked before a session is asked before one goes on, except where the session asks it itself.
    if (stepOf(state) && answer.isWhole && isLong(answer.kit.safety) && state.from !== "safety") return location.replace(QUESTIONS);
    if (stepOf(state)) return found(left, isHeld);
    await write("discarded"); // nobody got as far as a move
    state = NOTHING;
  }
  if (await fact("locked")) {
    // A sign that was told of here holds until the server has it; then the server says what comes next.
    if (await isAnswerWaiting()) return ui.page("urgent");
    answer = await fetched();
    if (!answer.isFresh) return ui.page("urgent");
    await setFact("locked", null);
  }
  kit = answer.kit ?? kit;
  ui.use(kit);
  if (kit.hold) return answer.isFresh ? location.replace(kit.hold.address) : ui.page("hold");
  await start(answer);
}

/** Whether a session has just ended, and what is asked after it is not answered yet: it is on again then. */
async function isAsking() {
  const asking = await fact(`asking:${patient}`);
  const age = asking ? Date.now() - asking.at : -1;
  if (age < 0 || age > ASKED_FOR) return false;
  const events = await eventsOf(patient, asking.session);
  if (events.length) take({ session: asking.session, events });
  if (view(state, state.mono).question) return true;
  state = NOTHING;
  return false;
}

/**
 * The kit of the server; without a signal, or where that is slow, the one that is kept.
 * @returns {Promise<{kit: object | null, isFresh: boolean, isWhole: boolean}>} isFresh: the server has just made it;
 *   isWhole: and had all that this device knows
 */
async function fetched() {
  // Looked at before: what arrives while the server makes the kit may not be in it.
  const isAllSent = !(await waiting(patient)).length;
  try {
    const answer = await fetch(KIT, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(KIT_WITHIN) });
    if (answer.ok) return { kit: await answer.json(), isFresh: true, isWhole: isAllSent };
  } catch {
    // No network.
  }
  return { kit: await fact("kit"), isFresh: false, isWhole: false };
}

async function isAnswerWaiting() {
  return (await waiting(patient)).some((event) => event.kind === "screening");
}

async function start(answer) {
  day = kit.days.find(({ on }) => on === localDay());
  if (await isAsking()) return goOn();
  if (!day || day.blocks.length === 0) return ui.page(day || !kit.days.length ? "nothing" : "old_kit");
  if (await isDone(answer)) return ui.page("done_today");
  const asked = await questionsDue(answer);
  // Longer sets have pages of their own, which ask closer where they have to.
  if (asked && asked.kind !== "session" && answer.isFresh && !asked.isOnlyHere) return location.replace(QUESTIONS);
  if (asked?.kind === "first") return ui.page("asks_first");
  const isShort = isAskedFor("short");
  const data = startOf(kit, day, { isShort, asksSafety: asked !== null, speed: wishes.speed, isAutomatic: wishes.isAutomatic });
  session = uuid7();
  zero = performance.now();
  drift = Date.now() - performance.now();
  unwritten = made("started", data, 0);
  startedAt = unwritten.at;
  state = reduce(state, unwritten);
  ui.ask(asked);
  const { minutes } = (isShort && day.short) || day;
  ui.day({ ...day, minutes }, data.blocks.length);
  goOn();
}

/** Whether all of today is done, and nobody asks for it once more. After too much of it nobody can. */
async function isDone({ isWhole }) {
  // The server knows what is due a second time today; this device what the server has not got yet.
  const here = isWhole ? null : await fact(`done:${patient}`);
  const mine = here?.on === day.on ? here : {};
  const isTooMuch = Boolean(day.was_too_much || mine.wasTooMuch);
  ui.had(isTooMuch ? "had_enough" : day.is_done ? "had_all" : "had_one");
  return isTooMuch || (Boolean(day.is_done || mine.on) && !isAskedFor("again"));
}

const isAskedFor = (name) => new URLSearchParams(location.search).has(name);

/** What has to be answered before exercise, or null. On later days without a signal it is the lines of each day. */
async function questionsDue({ isWhole }) {
  // After a stop all is asked; the server asks it by itself as soon as it has heard of the stop.
  if (await fact("asks_all")) {
    if (!isWhole) return { ...kit.after_stop, isOnlyHere: true };
    await setFact("asks_all", null);
  }
  const today = localDay();
  const isOfToday = kit.days[0]?.on === today;
  // A longer set stays due until it is answered, on whatever day.
  if (isWhole && (isOfToday || isLong(kit.safety))) return kit.safety;
  const [on, kind] = ((await fact("cleared")) ?? "").split(" ");
  const asked = isOfToday || (isLong(kit.safety) && kit.safety.kind !== kind) ? kit.safety : { kind: "session", reason: "", questions: kit.lines };
  // Whoever has answered a longer set today is not asked the lines of the day as well.
  const isAnswered = on === today && (asked?.kind === kind || asked?.kind === "session");
  return isAnswered ? null : asked;
}

/** Whether more is due than the lines of each day. @param {{kind: string} | null} asked */
function isLong(asked) {
  return Boolean(asked) && asked.kind !== "session";
}

/** Whether an exercise of the session that was left is by now one that its patient is not to do. */
function isRuledOut({ kit: fresh, isFresh }) {
  const today = isFresh ? fresh.days.find(({ on }) => on === localDay()) : null;
  const out = new Set(today?.left_out.map(({ planned }) => planned));
  return state.blocks.some(({ planned }) => out.has(planned));
}

function localDay(moment = Date.now()) {
  // Sweden writes its dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: kit.time_zone }).format(moment);
}

/** Whether this page was left open for so long that it has to begin anew: a day has its own questions and session. */
function isOutdated() {
  if (state.screen === "idle" || state.screen === "urgent" || state.isSaved || state.screen === "discarded" || !canCarryOn) return false;
  const age = Date.now() - startedAt;
  return stepOf(state) ? age > CARRY_ON_FOR : age > START_FOR || localDay() !== day.on;
}

/** A session that was left before its end. On hold it can be saved, and not go on. */
async function found({ events }, isHeld) {
  const last = events.at(-1);
  const clock = remembered(CLOCK);
  const known = clock.session === session ? Math.max(last.mono, clock.mono) : last.mono;
  zero = performance.now() - known;
  const age = Date.now() - events[0].at;
  if (state.screen !== "parked") await write("parked");
  // The time it lay there belongs to the session, as long as the clock of the device can be believed.
  const since = Date.now() - last.at;
  if (since > 0 && since < CARRY_ON_FOR) zero = performance.now() - Math.max(known, last.mono + since);
  canCarryOn = !isHeld && age >= 0 && age < CARRY_ON_FOR;
  ui.left({ startedAt, canCarryOn });
  goOn();
}

/** @param {{session: string, events: object[]}} left */
function take(left) {
  session = left.session;
  startedAt = left.events[0].at;
  state = reduceAll(left.events);
  zero = performance.now() - state.mono;
  drift = Date.now() - performance.now();
}

// --- events ---

function now() {
  return Math.max(state.mono, Math.round(performance.now() - zero));
}

function made(type, data, mono) {
  return {
    id: uuid7(),
    patient,
    kind: "session",
    session,
    seq: state.seq + 1,
    type,
    at: Date.now(),
    offset: -new Date().getTimezoneOffset(),
    mono,
    step: stepOf(state)?.id ?? null,
    data,
  };
}

/** Put an event to the state, and write it down if it changed something. */
async function write(type, data = {}, mono = now()) {
  const event = made(type, data, mono);
  const next = reduce(state, event);
  if (next === state) return;
  state = next;
  const first = unwritten;
  unwritten = null;
  const facts = first ? [[`kit:${session}`, kit]] : ENDS.has(type) ? [[`kit:${event.session}`, null]] : [];
  if (state.isSaved || type === "discarded") facts.push(...afterIt());
  if (type === "parked") ui.left({ startedAt, canCarryOn });
  writing = writing.then(async () => {
    // What finds no room is in memory, and is sent from there.
    for (const each of first ? [first, event] : [event]) await keep(each).catch(() => undefined);
    for (const each of facts) await setFact(...each).catch(() => undefined);
    ui.kept(await isLasting());
  });
  goOn();
  await writing;
}

/** What this device is to know of a session that is over, until the server says it: facts by their names. */
function afterIt() {
  const isTooMuch = wasTooMuch(state, kit.limit);
  const facts = [[`asking:${patient}`, view(state, state.mono).question ? { session, at: Date.now() } : null]];
  const isDone = state.isSaved && state.done.length > 0;
  if (isDone || isTooMuch) facts.push([`done:${patient}`, { on: localDay(startedAt), wasTooMuch: isTooMuch }]);
  if (state.isStopped || state.symptoms.length) facts.push(["asks_all", true]);
  return facts;
}

/**
 * What a screen asks for. Whatever is not an event by itself is made one here.
 * @param {string} wish
 * @param {any} [data]
 */
async function send(wish, data = {}) {
  if (isOutdated() && !TOLD.has(wish)) return location.reload();
  if (wish === "take_over") return navigator.locks.request(LOCK, { steal: true }, hold).catch(lose);
  if (wish === "wishes") return change(data);
  sound.unlock();
  if (wish === "screened") return screened(data);
  if (wish === "pain_before") return write(wish, { ...data, offers_gentle: data.value !== null && data.value >= kit.gate });
  if (wish === "gentle" && data.choice === "gentle") return write(wish, gentleOf(kit, state));
  if (wish === "swapped") return write(wish, swapOf(kit, state, data.key));
  if (wish === "saved") return write(wish, { is_late: !data.canCarryOn });
  if (wish === "toggled") return write(state.screen === "paused" ? "resumed" : "paused", { reason: "user" });
  await write(wish, data);
}

function mute() {
  if (wishes.profile !== "silent") loud = wishes.profile;
  change({ profile: wishes.profile === "silent" ? loud || wishedProfile(document) : "silent" });
}

/** Speed and pace belong to the session too; the rest is how this device is wished to be. */
function change(changed) {
  Object.assign(wishes, changed);
  remember(WISHES, wishes);
  sound.profile = wishes.profile;
  sound.isScreenReader = wishes.isScreenReader;
  sound.unlock();
  if ("speed" in changed) write("speed", { speed: wishes.speed });
  if ("isAutomatic" in changed) write("auto_advance", { is_on: wishes.isAutomatic });
}

/**
 * The safety questions are answered: kept and sent before all else.
 * @param {{kind: string, answers: Record<string, string>}} given
 */
async function screened({ kind, answers }) {
  const at = new Date();
  const isPositive = Object.values(answers).some((answer) => answer !== "no");
  const id = uuid7();
  const data = { screening_id: id, kind, answers, answered_at: at.toISOString() };
  const event = { ...made("answered", data, now()), id, kind: "screening", session: null, seq: 1, step: null };
  // Where there is no room it is kept in memory, and counts all the same.
  await keep(event).catch(() => undefined);
  ui.kept(await isLasting());
  if (!isPositive) {
    await setFact("cleared", `${localDay()} ${kind}`);
    if (kind !== "session") await setFact("asks_all", null);
    flush();
    return write("cleared");
  }
  await setFact("locked", at.getTime());
  if (unwritten) {
    // Nothing was begun, so there is no session to write down.
    state = reduce(state, made("locked", {}, now()));
    unwritten = null;
    goOn();
  } else await write("locked");
  await flush();
  if (!(await isAnswerWaiting())) location.assign(QUESTIONS); // closer questions, or what to do now
}

/** Whether the server has all of this session. */
async function showSent() {
  if (!state.isSaved) return;
  const { waiting: onTheirWay, refused } = await stands();
  ui.sent(!onTheirWay.includes(session) && !refused.includes(session), session);
}

// --- the clock ---

function goOn() {
  clearTimeout(timer);
  tick();
}

/** Whatever is due by now, then what there is to see; and again when the next thing is due. */
function tick() {
  clearTimeout(timer);
  if (state.screen === "idle") return; // what is seen says why no session runs
  const at = now();
  const isLookedAway = hiddenAt !== null && at - hiddenAt >= HIDDEN_FOR;
  if (isLookedAway && STAGE.has(state.screen) && stepOf(state)?.kind !== "self") {
    return void write("paused", { reason: "hidden" }, Math.max(state.mono, hiddenAt + HIDDEN_FOR));
  }
  const jumped = Date.now() - performance.now() - drift;
  if (Math.abs(jumped) > JUMP && stepOf(state)) {
    drift += jumped;
    return void write("clock_jumped", { by: Math.round(jumped) });
  }
  // Whoever hears the page instead of seeing it has all the time they need.
  const isUnhurried = state.screen === "skip" && wishes.isScreenReader;
  const event = isUnhurried ? null : due(state, at);
  if (event) return void write(event.type, event.data, Math.max(state.mono, event.mono));
  draw();
  const wait = isUnhurried ? null : dueIn(state, at);
  if (wait !== null) timer = setTimeout(tick, Math.max(0, Math.min(wait, 60_000)));
}

function draw() {
  cancelAnimationFrame(frame);
  const at = now();
  const seen = view(state, at);
  ui.show(seen, state);
  sound.update(seen, at, {
    words, blocks: kit?.blocks, steps: state.steps, speed: state.speed, isAutomatic: state.isAutomatic,
    isScreenReader: wishes.isScreenReader,
  });
  if (STAGE.has(state.screen)) {
    if (at - clockAt >= 1000) {
      clockAt = at;
      remember(CLOCK, { session, mono: at });
    }
    frame = requestAnimationFrame(draw);
  } else if (state.isSaved || state.screen === "parked" || state.screen === "discarded") {
    sound.release();
    showSent();
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    hiddenAt = now();
    clearTimeout(timer);
    timer = setTimeout(tick, HIDDEN_FOR);
    return;
  }
  if (isOutdated()) return location.reload();
  tick();
  hiddenAt = null;
});

// --- keys: in the player only, and not while something is typed or pressed ---

const KEYS = { ArrowRight: "skip_asked", ArrowLeft: "back", r: "back", s: "stopped" };

document.addEventListener("keydown", (event) => {
  if (!wishes.hasKeys || event.repeat || event.ctrlKey || event.metaKey || event.altKey || !root.contains(event.target)) return;
  if (event.target.closest("dialog") || event.target.matches("input")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "?") ui.open("keys");
  else if (key === "m") mute();
  else if (key === "r" && now() - state.backAt <= TWICE_WITHIN) return; // this set again, not the exercise before
  else if (key === " " && !event.target.closest("button, a")) send("toggled");
  else if (Object.hasOwn(KEYS, key)) send(KEYS[key]);
  else return;
  event.preventDefault();
});

// --- what this device remembers; a private window remembers nothing ---

function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // It lives as long as the page.
  }
}
