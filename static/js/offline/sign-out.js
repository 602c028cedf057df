/** Before somebody signs out: what waits is sent, or they say that it may be lost; then nothing of theirs stays here. */

import "../built/offline-core.js";

const { flush, standing, unfinished, wipe } = globalThis.tracker;
const WITHIN = 5000; // milliseconds
const HEARD_WITHIN = 200; // milliseconds until other tabs have heard of it, and what they were writing is written
const THEIR_PAGE = "/me/"; // where one can sign out and be warned

/**
 * @param {string} person who signs out
 * @returns {Promise<boolean>} whether to sign out
 */
export async function mayLeave(person) {
  if (!(await isReachable())) return said("offline");
  if ((await standing(person)).waiting.length) {
    await Promise.race([flush(person), new Promise((resolve) => setTimeout(resolve, WITHIN))]);
  }
  const { waiting, refused } = await standing(person);
  if (waiting.length) return said("waiting", waiting.length);
  if (refused.length) return said("refused");
  if (await isSessionOpen()) return said("running");
  return (await unfinished(person)) === null || said("unfinished");
}

/**
 * Whatever was kept here, but for what somebody else has not sent yet.
 * @param {string} person who signs out
 */
export async function forgetAll(person) {
  // A session that runs in another tab would go on writing, also after the wipe.
  const tabs = globalThis.BroadcastChannel && new BroadcastChannel("tracker");
  tabs?.postMessage("signed-out");
  await new Promise((resolve) => setTimeout(resolve, HEARD_WITHIN));
  tabs?.close();
  await wipe(person).catch(() => {});
  const names = "caches" in window ? await caches.keys().catch(() => []) : [];
  await Promise.all(names.map((name) => caches.delete(name)));
  localStorage.clear();
  sessionStorage.clear();
}

/** In this tab or another. */
async function isSessionOpen() {
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  return held.some(({ name }) => name === "session");
}

/** A browser may say that it is offline and be wrong, and the other way about: so the server is asked. */
async function isReachable() {
  const asked = fetch("/service-worker.js", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(WITHIN) });
  return asked.then(() => true, () => false);
}

/**
 * @param {"offline" | "waiting" | "refused" | "running" | "unfinished"} about
 * @param {number} [count] of what would be lost
 * @returns {Promise<boolean>} whether they sign out all the same
 */
async function said(about, count = 0) {
  const dialog = document.querySelector(`[data-leaving="${about}"]`);
  if (!dialog) {
    if (about !== "offline") location.assign(THEIR_PAGE);
    return about === "offline"; // there, the browser says so itself
  }
  const words = dialog.querySelector("[data-count]");
  if (words) words.textContent = String(count);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "leave"), { once: true });
  });
}
