/**
 * On every page of a patient: keeps what a session without a signal needs, sends what waits, and says so in words.
 */

import { fact, finishedSessions, setFact, unfinished, unsent } from "./store.js";
import { follow, stands } from "./outbox.js";

const patient = document.documentElement.dataset.patient;
const note = document.querySelector("[data-waiting]");
const LONG = 7 * 24 * 60 * 60 * 1000; // milliseconds
const PATIENCE = 3000; // what is sent this soon is not worth a word
const INSTALL_AFTER = 2; // finished sessions
const NO_HINT = "no-install-hint";
const MOMENT = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });

if (patient) begin();

async function begin() {
  await setFact("patient", patient);
  follow(() => show());
  addEventListener("online", show);
  addEventListener("offline", show);
  setTimeout(show, navigator.onLine ? PATIENCE : 0);
  note?.querySelector("[data-show-unsent]").addEventListener("click", list);
  offerInstalling();
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/service-worker.js").catch(() => null);
  if (!registration) return;
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ kind: "keep-kit" });
  renew(registration);
}

/** A new version takes over only while no session is running on this device, as far as that can be known. */
async function renew(registration) {
  if (!navigator.locks) return;
  const { held } = await navigator.locks.query();
  if (registration.waiting && !held.some(({ name }) => name === "session")) registration.waiting.postMessage({ kind: "activate" });
}

async function show() {
  if (!note) return;
  const { waiting, refused, since, outcome } = await stands();
  const isOffline = !navigator.onLine || outcome === "offline";
  const when = refused.length
    ? "refused"
    : waiting.length && outcome === "signed_out"
      ? "signed_out"
      : isOffline
        ? waiting.length ? "offline_waiting" : "offline"
        : waiting.length ? "waiting" : "";
  const may = await mayExercise();
  for (const words of note.querySelectorAll("[data-may]")) words.hidden = !may;
  const isOld = waiting.length > 0 && Date.now() - since > LONG;
  const told = new Set([when]);
  if (isOld || refused.length) told.add("long");
  if (await isLeft()) told.add("left");
  for (const line of note.querySelectorAll("[data-when]")) {
    line.hidden = !told.has(line.dataset.when);
    const count = line.querySelector("[data-count]");
    if (count) count.textContent = String(waiting.length);
  }
  note.hidden = when === "" && told.size === 1;
}

/** Whether a session was begun here and is neither over nor running; its own page says so itself. */
async function isLeft() {
  if (document.querySelector("[data-player]") || !(await unfinished(patient))) return false;
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  return !held.some(({ name }) => name === "session");
}

/** Not where there is nothing to do it with, nor above the words that tell somebody to stop, nor after too much. */
async function mayExercise() {
  const kit = await fact("kit");
  if (kit?.patient !== patient || kit.hold || (await fact("locked"))) return false;
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: kit.time_zone }).format(); // as ISO 8601
  const done = await fact(`done:${patient}`);
  return !(done?.on === today && done.wasTooMuch) && !kit.days.find(({ on }) => on === today)?.was_too_much;
}

/** All that the clinic has not got, for somebody to see. */
async function list() {
  const dialog = document.querySelector("[data-unsent]");
  const row = dialog.querySelector("template").content;
  const rows = (await unsent(patient)).map((events) => {
    const item = row.cloneNode(true);
    const [first] = events;
    const valueOf = (name) => {
      const said = events.filter(({ type, data }) => type === name || data.question === name).at(-1);
      return said?.data.value ?? "–";
    };
    for (const each of item.querySelectorAll("[data-kind]")) each.hidden = each.dataset.kind !== first.kind;
    item.querySelector("time").textContent = MOMENT.format(first.at);
    for (const each of item.querySelectorAll("[data-value]")) each.textContent = valueOf(each.dataset.value);
    return item;
  });
  dialog.querySelector("ul").replaceChildren(...rows);
  dialog.showModal();
}

/** After some sessions, and not where it is an app already: how it gets on the home screen. */
async function offerInstalling() {
  const hint = document.querySelector("[data-install-hint]");
  if (!hint || matchMedia("(display-mode: standalone)").matches || isHintUnwanted()) return;
  if ((await finishedSessions(patient)) < INSTALL_AFTER) return;
  hint.hidden = false;
  hint.querySelector("button").addEventListener("click", () => {
    localStorage.setItem(NO_HINT, "1");
    hint.hidden = true;
  });
}

function isHintUnwanted() {
  try {
    return localStorage.getItem(NO_HINT) !== null;
  } catch {
    return true;
  }
}
