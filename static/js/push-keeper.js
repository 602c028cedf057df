/** On every page of somebody who is signed in: what could not be sent goes out, and signing out ends push here. */

const SIGN_OUT = "/account/logout/";
const SUBSCRIPTIONS = "/api/v1/push/subscriptions/";
const MADE_HERE = "push-subscription"; // as push.js remembers it
const WAIT = 2000; // milliseconds

if ("serviceWorker" in navigator) begin();

async function begin() {
  for (const form of document.querySelectorAll(`form[action="${SIGN_OUT}"]`)) form.addEventListener("submit", endFirst);
  const registration = await navigator.serviceWorker.getRegistration("/");
  registration?.active?.postMessage({ kind: "send-kept" });
  if (registration) navigator.clearAppBadge?.().catch(() => {});
}

/**
 * Nobody who uses this browser next gets what was for somebody else. Where that takes long, the sign-out does not
 * wait for it: the server ends what it knows of too.
 * @param {SubmitEvent} event
 */
async function endFirst(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
  await Promise.race([endPush(csrf).catch(() => {}), new Promise((resolve) => setTimeout(resolve, WAIT))]);
  form.submit();
}

/** @param {string} csrf */
async function endPush(csrf) {
  const registration = await navigator.serviceWorker.getRegistration("/");
  for (const each of (await registration?.getNotifications()) ?? []) each.close();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  const made = JSON.parse(localStorage.getItem(MADE_HERE));
  localStorage.removeItem(MADE_HERE);
  if (made) await fetch(`${SUBSCRIPTIONS}${made.id}/`, { method: "DELETE", headers: { "X-CSRFToken": csrf }, keepalive: true });
}
