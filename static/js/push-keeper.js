/** On every page of somebody who is signed in: what could not be sent goes out, and signing out leaves nothing here. */

const SIGN_OUT = "/account/logout/";
const SUBSCRIPTIONS = "/api/v1/push/subscriptions/";
const MADE_HERE = "push-subscription"; // as push.js remembers it
const WAIT = 2000; // milliseconds
const { person } = document.querySelector("[data-person]").dataset;

const forms = document.querySelectorAll(`form[action="${SIGN_OUT}"]`);
for (const form of forms) form.addEventListener("submit", endFirst);
// While there is a network, so that it is there when somebody wishes to go.
if (forms.length) import("./offline/sign-out.js").catch(() => {});
if ("serviceWorker" in navigator) begin();
if ("caches" in window) forgetOthers().catch(() => {});

async function begin() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  registration?.active?.postMessage({ kind: "send-kept" });
  if (registration) navigator.clearAppBadge?.().catch(() => {});
}

/** What was kept for somebody else on this device is not for whoever uses it now. What was not sent stays theirs. */
async function forgetOthers() {
  const names = (await caches.keys()).filter((name) => name.startsWith("kit-") && name !== `kit-${person}`);
  if (names.length === 0) return;
  const { fact, setFact } = await import("./offline/store.js");
  if ((await fact("kit"))?.patient !== person) await setFact("kit", null);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/**
 * Nobody who uses this browser next gets what was for somebody else. Where that takes long, the sign-out does not
 * wait for it: the server ends what it knows of too.
 * @param {SubmitEvent} event
 */
async function endFirst(event) {
  event.preventDefault();
  const form = event.currentTarget;
  // Where it does not come there is no network, and no sign-out either, which the browser says.
  const leaving = await import("./offline/sign-out.js").catch(() => null);
  if (leaving && !(await leaving.mayLeave(person))) return;
  const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
  await Promise.race([endPush(csrf).catch(() => {}), new Promise((resolve) => setTimeout(resolve, WAIT))]);
  await leaving?.forgetAll(person).catch(() => {});
  form.submit();
}

/** @param {string} csrf */
async function endPush(csrf) {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  for (const each of (await registration?.getNotifications()) ?? []) each.close();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  const made = JSON.parse(localStorage.getItem(MADE_HERE));
  localStorage.removeItem(MADE_HERE);
  if (made) await fetch(`${SUBSCRIPTIONS}${made.id}/`, { method: "DELETE", headers: { "X-CSRFToken": csrf }, keepalive: true });
}
