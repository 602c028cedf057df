/** Sends what waits, whenever there is a chance: at the start, after each write, with a signal again, when looked at. */

import "../built/offline-core.js";

const { listeners, standing } = globalThis.tracker;
const patient = document.documentElement.dataset.patient;
const AFTER_WRITE = 500; // milliseconds: what is written together goes together
const AGAIN = 30_000;
const SOONEST = 5000;
const LATEST = 15 * 60_000;

let tries = 0;
let timer = 0;
let outcome = "";

/**
 * Send what waits.
 * @returns {Promise<string>} how that went
 */
export async function flush() {
  clearTimeout(timer);
  outcome = await globalThis.tracker.flush(patient);
  tries = outcome === "sent" ? 0 : tries + 1;
  if (outcome !== "sent") await later();
  return outcome;
}

/** How things stand for whoever is signed in: what waits or was refused, since when, and how the last try went. */
export async function stands() {
  return { ...(await standing(patient)), outcome };
}

/** Calls when something was written, or sent, here or in another tab. @param {(message: object) => void} listener */
export function follow(listener) {
  listeners.add(listener);
}

async function later() {
  const wait = Math.min(LATEST, SOONEST * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
  timer = setTimeout(flush, wait);
  // A browser that knows this sends when there is a signal, even with the page closed.
  const registration = await navigator.serviceWorker?.getRegistration("/");
  await registration?.sync?.register("outbox").catch(() => {});
}

function soon(wait) {
  clearTimeout(timer);
  timer = setTimeout(flush, wait);
}

if (patient) {
  listeners.add(({ kind }) => kind === "kept" && soon(AFTER_WRITE));
  addEventListener("online", () => soon(0));
  document.addEventListener("visibilitychange", () => !document.hidden && soon(0));
  setInterval(async () => (await standing(patient)).waiting.length && !tries && soon(0), AGAIN);
  soon(0);
}
