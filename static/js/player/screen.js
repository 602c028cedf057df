/**
 * What is seen of a session: draws a view (session.js) into the page, and hands on what is tapped. All words stand in
 * the page itself. It may be called with every picture the browser draws: the page is touched where something changed.
 *
 * `screens(root, {send, words, wishes})` gives:
 *   show(view, state)   draw it;           page(name)         one of the pages where no session runs
 *   use(kit)            what to draw from; ask(due)           the safety questions that are due, or null
 *   day(day, count)     what is due today, in so many exercises
 *   left({startedAt, canCarryOn})          what is known of a session that was left
 *   kept(isKept)        whether all is on the disk;  sent(isSent, session)  whether the server has it all
 *   had(name)           how much of today is done: had_enough, had_all or had_one
 *   live(sentence), alert(sentence)        for screen readers
 *   voice(isAvailable), awake(isHeld)      for the settings;  open(name)  a dialog
 */

import { phaseWord } from "./cues.js";
import { safetyQuestions } from "./safety.js";
import { figureIn } from "./figure.js";
import { wasTooMuch } from "./session.js";

const STAGE = new Set(["ready", "work", "rest", "switch", "ask"]);
/** Pages above which it may stand that one can exercise. */
const GOES_ON = new Set(["safety", "before", "stage", "parked", "discarded", "no_page"]);
const BY_ITSELF = new Set(["stop", "skip"]); // dialogs that belong to a state
const ECHO = { within: 400, near: 32 }; // milliseconds, pixels: the second tap of a hand that shakes
const LETTERS = { right: "R", left: "L" };

/**
 * @param {HTMLElement} root
 * @param {{send: (wish: string, data?: object) => void, words: (key: string, values?: object) => string, wishes: object}} given
 */
export function screens(root, { send, words: spoken, wishes }) {
  const own = phrasesOf(root.querySelector("template[data-words]"));
  const sections = new Map([...root.querySelectorAll("[data-screen]")].map((each) => [each.dataset.screen, each]));
  const dialogs = new Map([...root.querySelectorAll("[data-dialog]")].map((each) => [each.dataset.dialog, each]));
  const bar = root.querySelector("[data-bar]");
  const timer = root.querySelector("[data-slot=seconds]");
  const rows = root.querySelectorAll("[data-row]");
  const scrolling = root.querySelectorAll(".stage-main, .stage-words");
  const figure = figureIn(root.querySelector("[data-figure]"));
  const safety = safetyQuestions(sections.get("safety"), send);
  const said = new Map();
  let kit = null;
  let seen = null;
  let leftOf = null;
  let swaps = [];
  let isKept = true;
  let isSent = false;
  let isGoingOn = false; // once the sheet that was opened is closed

  const isInPlace = location.pathname === "/"; // the player stands in for Today, where there is no signal
  part("in_place", isInPlace);
  part("to_today", !isInPlace);
  root.querySelector("[data-try-again]").href = location.pathname;

  // --- small hands ---

  /** Put words into every place of that name, once. */
  function put(slot, value) {
    const words = String(value ?? "");
    if (said.get(slot) === words) return;
    said.set(slot, words);
    for (const each of root.querySelectorAll(`[data-slot="${slot}"]`)) each.textContent = words;
  }

  function part(name, isShown) {
    if (said.get(`part ${name}`) === isShown) return;
    said.set(`part ${name}`, isShown);
    for (const each of root.querySelectorAll(`[data-part="${name}"]`)) each.hidden = !isShown;
  }

  function page(name) {
    if (said.get("page") === name) return;
    said.set("page", name);
    for (const [each, section] of sections) section.hidden = each !== name;
    // Nothing of what was answered before stands there as if it were said now.
    if (name === "safety") safety(null);
    document.documentElement.classList.toggle("no-going-on", !GOES_ON.has(name));
    isGoingOn = false;
    for (const each of dialogs.keys()) if (!BY_ITSELF.has(each)) opened(each, false);
    document.documentElement.classList.toggle("stage-on", name === "stage");
    // A new question is read from its top. The stage changes by a timer, and takes the focus only when it comes.
    scrollTo(0, 0);
    const heading = name === "stage" ? null : sections.get(name).querySelector("h1");
    if (heading) heading.tabIndex = -1;
    (heading ?? root).focus({ preventScroll: true });
  }

  function opened(name, isOpen) {
    const dialog = dialogs.get(name);
    if (isOpen && !dialog.open) dialog.showModal();
    if (isOpen || !dialog.open) return;
    dialog.close();
    // What had the focus before it may be gone: the keys have to work on.
    const { activeElement } = document;
    if (!root.contains(activeElement) || !activeElement.checkVisibility()) root.focus({ preventScroll: true });
  }

  // --- drawing ---

  function show(view, state) {
    seen = view;
    const isStage = STAGE.has(view.screen) || view.under !== null;
    // One is chosen from the stop, or while it stands still.
    if (view.screen !== "stop" && view.screen !== "paused") opened("swap", false);
    for (const name of BY_ITSELF) opened(name, view.screen === name);
    if (BY_ITSELF.has(view.screen)) {
      swaps = swapsOf(view.block, state);
      const isTold = state.symptoms.length > 0;
      part("can_swap", swaps.length > 0 && !isTold);
      part("by_itself", state.isAutomatic && !wishes.isScreenReader);
      part("told", isTold);
      part("not_told", !isTold);
    }
    if (isStage) return stage(view);
    if (view.screen === "after") return question(view, state);
    if (view.screen === "done") feedback(view, state);
    if (view.screen === "parked") parked();
    if (view.screen === "discarded") part("start_again", !wasTooMuch(state, kit.limit));
    // Those of each day are asked before it; after a stop, because of what was told just then.
    if (view.screen === "safety") {
      put("fits", own(state.from ? "fits_now" : "fits_today"));
      put("been", own(state.from ? "been_now" : "been_before"));
      part("in_between", Boolean(state.from));
    }
    page(view.screen === "idle" ? "nothing" : view.screen);
  }

  function stage(view) {
    page("stage");
    const block = kit.blocks[view.block.key];
    const on = view.under ?? view.screen;
    const isPaused = view.screen === "paused";
    const isSided = view.side === "right" || view.side === "left";
    put("name", block.name);
    // With very large text it was scrolled to read on.
    if (said.get("step") !== view.step.id) for (const each of scrolling) each.scrollTop = 0;
    said.set("step", view.step.id);
    put("number", view.number);
    put("count", view.count);
    put("set", view.set);
    put("of_sets", view.of_sets);
    put("rep", view.rep);
    put("reps", view.reps);
    put("lift", phaseWord(spoken, { phase: "up" }, block));
    part("set", on !== "ask" && on !== "ready" && (view.of_sets > 1 || view.rep !== null));
    part("sets", view.of_sets > 1);
    part("reps", view.rep !== null);
    part("dot", view.of_sets > 1);
    part("side", isSided && on !== "ask" && on !== "switch");
    put("badge", LETTERS[view.side]);
    put("side", spoken(view.side));
    put("phase", isPaused ? own("paused") : phase(view, on, block));
    put("seconds", count(view, on));
    timer.classList.toggle("stage-count-long", timer.textContent.length > 2);
    put("cue", cue(view, on, block));
    part("next", on === "ask" && view.next !== null);
    put("next", view.next ? kit.blocks[view.next].name : "");
    part("ready", on === "ready");
    if (on === "ready") about(block, view);
    part("running", !isPaused);
    part("standing", isPaused);
    const wanted = isPaused ? "paused" : rowOf(view, on);
    for (const row of rows) {
      const is = row.dataset.row === wanted;
      if (row.hidden !== is) continue;
      // Where the focus was is gone: the keys have to work on.
      if (!is && row.contains(document.activeElement)) root.focus({ preventScroll: true });
      row.hidden = !is;
    }
    figure.show(block, view.side === "left", on === "work" ? view.t : 0);
    segments(view.segments);
    root.classList.toggle("player-far", Boolean(wishes.isFar));
  }

  /** What else can be tapped: where it waits for somebody, or leaves a choice. */
  function rowOf(view, on) {
    const { kind } = view.step;
    if (on === "work") return kind === "self" || (kind === "reps" && (view.is_waiting || !wishes.isAutomatic)) ? "done" : "";
    return view.is_waiting ? "ready" : on;
  }

  /** What to know of an exercise before it. */
  function about(block, view) {
    // The gentle set has less than the words of the plan say.
    const isGentle = view.step.id.slice(block.key.length + 1).startsWith("g");
    put("dose", isGentle ? own("gentle") : block.dose_in_words);
    put("note", [block.reason, block.note].filter(Boolean).join(" "));
    part("not_checked", !block.is_checked);
  }

  function phase(view, on, block) {
    if (view.is_lead_in) return own("get_ready");
    if (view.is_waiting && view.step.kind !== "self") return own("waiting");
    if (on === "work") return phaseWord(spoken, view, block);
    return own({ ready: "get_ready", switch: `switch_${view.side}` }[on] ?? on);
  }

  function count(view, on) {
    if (on === "ask" || view.seconds === null || (view.is_waiting && view.step.kind !== "self")) return "";
    if (view.seconds < 100) return view.seconds;
    return `${Math.floor(view.seconds / 60)}:${String(view.seconds % 60).padStart(2, "0")}`;
  }

  function cue(view, on, block) {
    if (on === "ready") return spoken(block.position);
    if (on === "rest") return own("next_set", { set: view.set + 1, sets: view.of_sets });
    if (on === "work" && view.step.kind === "self") return own("at_your_pace");
    if (on !== "work" || !block.cues.length) return "";
    // One after the other, each long enough to be read.
    const turn = view.rep === null ? Math.floor((view.step.dur_ms - view.remaining) / 6000) : Math.floor((view.rep - 1) / 2);
    return block.cues[Math.max(0, turn) % block.cues.length];
  }

  function segments(all) {
    while (bar.children.length < all.length) bar.append(document.createElement("i"));
    while (bar.children.length > all.length) bar.lastChild.remove();
    all.forEach(({ share, done }, i) => {
      const piece = bar.children[i];
      const width = `${Math.max(6, Math.round(share * 100))}fr`;
      const part = `${Math.round(done * 100)}%`;
      if (piece.dataset.width !== width) piece.style.setProperty("flex-grow", parseInt((piece.dataset.width = width), 10));
      if (piece.dataset.done !== part) piece.style.setProperty("--done", (piece.dataset.done = part));
    });
  }

  function question(view, state) {
    if (!view.question) return page("pain_peak");
    const [name, exercise] = view.question.split(":");
    if (exercise) put("glide", Object.values(kit.blocks).find((block) => block.exercise === exercise)?.name ?? exercise);
    page(name);
  }

  function feedback(view, state) {
    const before = state.painBefore;
    const after = state.answers.pain_after;
    const values = { before, after, by: own(`by_${Math.abs(before - after)}`) };
    const kind = state.isSkippedDay ? "rest_today"
      : !Number.isInteger(after) ? (view.is_whole ? "done" : state.isStopped ? "stopped" : "saved")
      : !Number.isInteger(before) ? "only_after"
      : after < before ? "lower" : after > before ? "higher" : "same";
    put("feedback", own(kind, values));
    const isEnough = wasTooMuch(state, kit.limit);
    part("enough", isEnough);
    part("higher", kind === "higher");
    part("closer", state.answers.spread === "closer" && !isEnough);
    part("stayed", state.answers.spread === "stayed");
    part("tingled", Object.values(state.answers).includes("over_10"));
    part("told", state.symptoms.length > 0);
    part("above_limit", Math.max(after ?? 0, state.answers.pain_peak ?? 0) > kit.limit);
  }

  function parked() {
    if (!leftOf) return;
    const began = new Intl.DateTimeFormat("en-GB", { weekday: "long", hour: "2-digit", minute: "2-digit" });
    put("began", began.format(leftOf.startedAt));
    part("carry_on", leftOf.canCarryOn);
  }

  /** What can stand in for an exercise: what the session has anyway is no other one. */
  function swapsOf(block, { blocks }) {
    const others = kit.blocks[block.key].alternatives.map((key) => kit.blocks[key]);
    return others.filter(({ exercise }) => !blocks.some((each) => each.exercise === exercise));
  }

  // --- what is tapped ---

  /** Pain is a number, or null where somebody would rather not say; all else is words. */
  function asked({ send: wish, score, value, question, part: _, ...data }) {
    if (wish === "pain_before") return { value: score === undefined ? null : Number(score) };
    if (wish === "answered") {
      const exercise = seen?.question?.split(":")[1];
      return { question, value: score === undefined ? (value ?? null) : Number(score), ...(exercise && { exercise }) };
    }
    if (wish === "saved") return { canCarryOn: leftOf?.canCarryOn ?? true };
    return data;
  }

  function open(name) {
    if (!seen?.block && (name === "swap" || name === "how")) return;
    // Nothing runs on behind a sheet, where Stop is out of reach; nor is anything left out while one chooses.
    if (seen && STAGE.has(seen.screen)) {
      send("paused", { reason: "user" });
      isGoingOn = true;
    }
    if (name === "swap") {
      if (seen.screen === "skip") send("gone_on");
      offerSwaps();
    }
    if (name === "how") explain(kit.blocks[seen.block.key]);
    if (name === "settings") fill(dialogs.get("settings"), wishes);
    opened(name, true);
  }

  /** How it is done, step by step. */
  function explain({ steps_in_words: steps }) {
    const items = steps.map((step) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("span"), { textContent: step }));
      return item;
    });
    root.querySelector("[data-how]").replaceChildren(...items);
  }

  function offerSwaps() {
    const template = root.querySelector("template[data-swap]");
    const buttons = swaps.map((block) => {
      const button = template.content.firstElementChild.cloneNode(true);
      button.querySelector("img").src = block.pictures[1];
      button.querySelector("span").textContent = block.name;
      button.addEventListener("click", () => send("swapped", { key: block.key }));
      return button;
    });
    root.querySelector("[data-swaps]").replaceChildren(...buttons);
  }

  // A second tap would be taken by whatever has just come up beneath it. To go back twice is meant.
  let last = { timeStamp: -Infinity };
  root.addEventListener("click", (event) => {
    const on = event.target.closest("button, a, [data-figure], .stage-count");
    if (!on || event.detail === 0) return; // nothing to press, or pressed by a key
    const isNear = Math.hypot(event.clientX - last.clientX, event.clientY - last.clientY) < ECHO.near;
    const isEcho = isNear && event.timeStamp - last.timeStamp < ECHO.within && on.dataset.send !== "back";
    last = event;
    if (!isEcho) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.send) send(button.dataset.send, asked({ ...button.dataset }));
    else if (button.dataset.open) open(button.dataset.open);
    if ("close" in button.dataset || button.dataset.send) button.closest("dialog")?.close();
  });

  // Tapping the picture or the count pauses too.
  for (const each of root.querySelectorAll("[data-figure], .stage-count")) each.addEventListener("click", () => send("toggled"));

  for (const [name, dialog] of dialogs) {
    // Escape is "no, go on": a state that has a dialog has to hear of it.
    dialog.addEventListener("cancel", () => BY_ITSELF.has(name) && send("gone_on"));
    dialog.addEventListener("close", () => {
      if (!isGoingOn || [...dialogs.values()].some((each) => each.open)) return;
      isGoingOn = false;
      send("resumed");
    });
  }

  dialogs.get("settings").addEventListener("change", ({ target }) => {
    if (target.name === "isOwnPace") return send("wishes", { isAutomatic: !target.checked });
    send("wishes", { [target.name]: target.type === "checkbox" ? target.checked : target.value });
  });

  return {
    show,
    page(name) {
      seen = null;
      page(name);
    },
    open,
    use(given) {
      kit = given;
      put("legs", own(kit.side === "both" ? "legs" : `${kit.side}_leg`));
      put("limit", kit.limit);
      put("hold", kit.hold?.words);
      put("no_plan", kit.words);
      part("has_plan", !kit.words);
      // Asked too where nothing is due, when somebody stops and tells of something new.
      safety({ kind: "session", questions: kit.lines });
    },
    day({ minutes, factor }, count) {
      put("today", own(minutes ? "today" : "today_walk", { count, minutes, reason: factor.reason }));
    },
    ask(due) {
      put("reason", due?.reason);
      safety(due);
    },
    left(given) {
      leftOf = given;
    },
    had(name) {
      put("had", own(name));
      part("again", name !== "had_enough");
    },
    kept(is) {
      isKept = is;
      part("not_kept", !isKept);
      part("kept", isKept && !isSent);
    },
    sent(is, session) {
      isSent = is;
      part("sent", isSent);
      part("kept", isKept && !isSent);
      const link = root.querySelector("[data-done-link]");
      link.href = link.dataset.pattern.replace(/0{8}-0{4}-0{4}-0{4}-0{12}/, session);
    },
    live: (sentence) => void (root.querySelector("[data-live]").textContent = sentence),
    alert: (sentence) => void (root.querySelector("[data-alert]").textContent = sentence),
    voice: (isAvailable) => part("no_voice", !isAvailable),
    awake: (isHeld) => part("sleeps", !isHeld),
  };
}

/** @param {HTMLTemplateElement} template */
function phrasesOf(template) {
  const all = new Map([...template.content.querySelectorAll("data")].map((each) => [each.value, each.textContent]));
  return (key, values = {}) => (all.get(key) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** @param {HTMLDialogElement} dialog */
function fill(dialog, wishes) {
  for (const input of dialog.querySelectorAll("input")) {
    const wish = input.name === "isOwnPace" ? !wishes.isAutomatic : wishes[input.name];
    input.checked = input.type === "checkbox" ? Boolean(wish) : input.value === wish;
  }
}
