/** What this device keeps: see core.js, which the service worker runs too; both load it made small. */

import "../built/offline-core.js";

export const { eventsOf, finishedSessions, isLasting, standing, unfinished, unsent, uuid7, waiting } = globalThis.tracker;

/** What is true of one person alone: whoever uses this device next is asked, and warned, for themselves. */
const OF_ONE_PERSON = new Set(["asks_all", "cleared", "locked"]);
const { patient } = document.documentElement.dataset;

const named = (name) => (OF_ONE_PERSON.has(name) ? `${name}:${patient}` : name);

/** @param {string} name */
export const fact = (name) => globalThis.tracker.fact(named(name));

/** Whoever this page is of has signed out, here or in another tab: until it is loaded anew, it writes nothing more. */
let isOver = false;
const tabs = globalThis.BroadcastChannel && new BroadcastChannel("tracker");
tabs?.addEventListener("message", ({ data }) => (isOver ||= data === "signed-out"));

/** @param {object} event as core.js has it */
export async function keep(event) {
  if (isOver) throw new Error("Nobody is signed in.");
  return globalThis.tracker.keep(event);
}

/** @param {string} name @param {any} value null lets go of it */
export async function setFact(name, value) {
  if (!isOver) await globalThis.tracker.setFact(named(name), value);
}
