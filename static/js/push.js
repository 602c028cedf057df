/** Turns notifications on and off in this browser, and says how they stand. The words are in the page. */

const section = document.querySelector("#notifications");
// Which subscription was made here: the browser knows its address only, the server its id.
const MADE_HERE = "push-subscription";
const SERVICE_WITHIN = 20_000; // milliseconds

if (section) begin(section);

/** @param {HTMLElement} section */
function begin(section) {
  const { key: keyAddress, subscriptions, worker } = section.dataset;
  const csrf = section.querySelector("[name=csrfmiddlewaretoken]").value;

  /**
   * @param {string} address
   * @param {RequestInit} [options]
   */
  async function ask(address, options = {}) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf };
    const answer = await fetch(address, { ...options, headers });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * @param {string} state
   * @param {boolean} [hasAsked] somebody has tapped, and looks for the outcome
   */
  function show(state, hasAsked = false) {
    for (const each of section.querySelectorAll("[data-push-state]")) each.hidden = each.dataset.pushState !== state;
    const isOn = state === "on";
    const id = isOn ? madeHere()?.id : undefined;
    section.querySelector("[data-push-off]").hidden = !isOn;
    section.querySelector("[data-push-test]").hidden = !isOn && !section.querySelector("[data-push-browser]");
    section.querySelector("[name=browser]").value = id ?? "";
    markThis(id);
    if (hasAsked) section.querySelector(`[data-push-state="${state}"]`).focus();
  }

  /** @param {string | undefined} id */
  function markThis(id) {
    for (const each of section.querySelectorAll("[data-push-browser]")) {
      each.querySelector("[data-push-this]").hidden = each.dataset.pushBrowser !== id;
    }
  }

  /** How it stands, without asking anybody for leave. */
  async function look() {
    if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
      show(needsInstalling() ? "install" : "impossible");
      return;
    }
    if (Notification.permission === "denied") {
      show("denied");
      return;
    }
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    const made = madeHere();
    const { results } = await ask(subscriptions);
    const isKnown = results.some((each) => each.id === made?.id);
    const { public_key: key } = await ask(keyAddress);
    const isCurrent = subscription && subscription.endpoint === made?.endpoint && isFor(subscription, key);
    if (isKnown && isCurrent) {
      tellWorker(registration, key);
      show("on");
    } else if (isKnown && Notification.permission === "granted") {
      // The browser has another address now, or this server another key.
      if (subscription && !isFor(subscription, key)) await subscription.unsubscribe();
      await subscribe();
      if (madeHere().id !== made.id) await ask(`${subscriptions}${made.id}/`, { method: "DELETE" });
      htmx.trigger(document.body, "push-changed");
      show("on");
    } else {
      // It was turned off from elsewhere, or is somebody else's who was signed in here before.
      await subscription?.unsubscribe();
      show("off");
    }
  }

  /** Call it only where leave was given. */
  async function subscribe() {
    const registration = await navigator.serviceWorker.register(worker);
    await navigator.serviceWorker.ready;
    const { public_key: key } = await ask(keyAddress);
    const subscribing = registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const subscription = await Promise.race([subscribing, late(SERVICE_WITHIN)]);
    const { id } = await ask(subscriptions, { method: "POST", body: JSON.stringify(subscription) });
    remember({ id, endpoint: subscription.endpoint });
    tellWorker(registration, key);
  }

  async function turnOn() {
    show("asking", true);
    const leave = await Notification.requestPermission();
    if (leave !== "granted") {
      show(leave === "denied" ? "denied" : "off", true);
      return;
    }
    try {
      await subscribe();
      htmx.trigger(document.body, "push-changed");
      show("on", true);
    } catch {
      show("unreachable", true);
    }
  }

  async function turnOff() {
    const made = madeHere();
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = await registration?.pushManager.getSubscription();
    await subscription?.unsubscribe();
    if (made) await ask(`${subscriptions}${made.id}/`, { method: "DELETE" }).catch(() => {});
    remember(null);
    htmx.trigger(document.body, "push-changed");
    show("off", true);
  }

  /**
   * What the worker needs when the browser lets go of its subscription while no page is open.
   * @param {ServiceWorkerRegistration} registration
   * @param {string} key
   */
  function tellWorker(registration, key) {
    registration.active?.postMessage({ kind: "subscribed", key: bytes(key), csrf });
  }

  for (const button of section.querySelectorAll("[data-push-on]")) button.addEventListener("click", turnOn);
  section.querySelector("[data-push-off]").addEventListener("click", turnOff);
  // The list was asked for again: one that was removed may have been this browser.
  section.querySelector("[data-push-browsers]").addEventListener("htmx:afterSettle", () => {
    const id = madeHere()?.id;
    const isListed = [...section.querySelectorAll("[data-push-browser]")].some((each) => each.dataset.pushBrowser === id);
    if (id && !isListed) turnOff();
    else markThis(id);
  });
  section.querySelector('[data-push-state="without"]').hidden = true;
  look().catch(() => show("unreachable"));
}

/** @returns {{id: string, endpoint: string} | null} */
function madeHere() {
  try {
    return JSON.parse(localStorage.getItem(MADE_HERE));
  } catch {
    return null;
  }
}

/** @param {{id: string, endpoint: string} | null} made */
function remember(made) {
  if (made) localStorage.setItem(MADE_HERE, JSON.stringify(made));
  else localStorage.removeItem(MADE_HERE);
}

/** An iPhone or iPad takes push only in an app on its home screen. */
function needsInstalling() {
  const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return isApple && !window.matchMedia("(display-mode: standalone)").matches;
}

/**
 * Whether it was made with this server's key.
 * @param {PushSubscription} subscription
 * @param {string} key
 */
function isFor(subscription, key) {
  const own = subscription.options.applicationServerKey;
  return !own || String(new Uint8Array(own)) === String(bytes(key));
}

/**
 * @param {string} base64url
 * @returns {Uint8Array}
 */
function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** @param {number} milliseconds */
function late(milliseconds) {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("late")), milliseconds));
}
