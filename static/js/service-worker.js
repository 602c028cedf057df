/**
 * Shows every push, and sends on what was tapped: at once, or when there is a network again. It keeps no page.
 *
 * A push holds ids and a token, which is good for that one push alone. So nobody has to be signed in here.
 *
 * @typedef {{kind: string, id: string, nth: number, token: string}} Message what a push says
 * @typedef {{id?: number, path: string, body: object, keptAt: number}} Kept what is to be sent to the server
 */

const RECEIPTS = "/api/v1/push/receipts/";
const SUBSCRIPTIONS = "/api/v1/push/subscriptions/";
const PROMPTS = "/api/v1/push/prompts/";
const WORDS_WITHIN = 3000; // milliseconds
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000; // milliseconds: as long as a token is good
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// Pages that lose nothing when another takes their place.
const NOTHING_TO_LOSE = /^\/($|breaks\/prompt\/|push\/tests\/)/;

/** @type {Record<string, {title: string, body: string, address: (id: string) => string}>} */
const KINDS = {
  prompt: {
    title: "Time for a short break",
    body: "Get up and move a little, if you can.",
    address: (id) => `/breaks/prompt/${id}/`,
  },
  reminder: { title: "Here is your reminder", body: "Tap to open it.", address: () => "/reminders/open/" },
  flag: { title: "Something needs a look", body: "Tap to open it.", address: () => "/" },
  test: { title: "This is your test", body: "It works on this device.", address: (id) => `/push/tests/${id}/` },
};
const ANYTHING_ELSE = { title: "Exercise Tracker", body: "There is something new. Tap to see it.", address: () => "/" };
const ANSWERS = [
  { action: "done", title: "Done" },
  { action: "snooze", title: "In 10 minutes" },
];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), sendKept()])));
self.addEventListener("push", (event) => event.waitUntil(take(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(answer(event.action, read(event.notification), new Date()));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));
// A browser that knows this event asks again as long as something is left.
self.addEventListener("sync", (event) => event.waitUntil(sendKept().then((isAllSent) => isAllSent || Promise.reject())));
self.addEventListener("message", (event) => {
  if (event.data?.kind === "send-kept") event.waitUntil(sendKept());
  if (event.data?.kind === "subscribed") event.waitUntil(store("facts", "readwrite", (facts) => facts.put(event.data, "subscribed")));
});

/**
 * What a push, or the notification made of it, is about. However odd, it is something that can be shown.
 * @param {PushMessageData | Notification | null} source
 * @returns {Message}
 */
function read(source) {
  let given = {};
  try {
    given = (source instanceof Notification ? source.data : source?.json()) ?? {};
  } catch {
    // Not JSON.
  }
  const isKnown = Object.hasOwn(KINDS, given.kind) && UUID.test(given.id);
  return {
    kind: isKnown ? given.kind : "",
    id: isKnown ? given.id : "",
    nth: Number.isInteger(given.n ?? given.nth) ? (given.n ?? given.nth) : 1,
    token: typeof given.token === "string" ? given.token : "",
  };
}

/**
 * Whatever else goes wrong, a notification is shown: a browser lets nobody push who shows nothing.
 * @param {Message} message
 */
async function take(message) {
  const { title, body } = await words(message);
  const tag = message.kind ? `${message.kind}-${message.id}` : "other";
  await self.registration.showNotification(title, {
    body,
    tag,
    renotify: message.nth > 1, // it was put off, and comes again
    lang: "en-GB",
    icon: "/static/img/icon-192.png",
    badge: "/static/img/badge-96.png",
    data: message,
    actions: message.kind === "prompt" ? ANSWERS.slice(0, Notification.maxActions ?? 0) : [],
  });
  const shown = await self.registration.getNotifications();
  // Of prompts the newest counts.
  if (message.kind === "prompt") {
    for (const each of shown) if (each.data?.kind === "prompt" && each.tag !== tag) each.close();
  }
  if (message.kind !== "test") navigator.setAppBadge?.(1).catch(() => {});
  if (message.token) await send(RECEIPTS, { token: message.token, kind: "shown" });
  else await sendKept();
}

/**
 * Fixed words; of a prompt the varied ones, if the server answers soon.
 * @param {Message} message
 * @returns {Promise<{title: string, body: string}>}
 */
async function words(message) {
  const fixed = KINDS[message.kind] ?? ANYTHING_ELSE;
  if (message.kind !== "prompt" || !message.token) return fixed;
  try {
    const reply = await post(`${PROMPTS}words/`, { token: message.token }, WORDS_WITHIN);
    const { title, body } = reply.ok ? await reply.json() : fixed;
    return typeof title === "string" && typeof body === "string" ? { title, body } : fixed;
  } catch {
    return fixed;
  }
}

/**
 * @param {string} action what was tapped: a button, or "" for the notification itself
 * @param {Message} message
 * @param {Date} at
 */
async function answer(action, message, at) {
  navigator.clearAppBadge?.().catch(() => {});
  if (!ANSWERS.some((each) => each.action === action)) {
    // First: a browser lets a page open only just after a tap.
    await open((KINDS[message.kind] ?? ANYTHING_ELSE).address(message.id)).catch(() => {});
  }
  if (!message.token) return;
  const body = { token: message.token, at: at.toISOString() };
  if (action === "done") await send(`${PROMPTS}done/`, body);
  if (action === "snooze") await send(`${PROMPTS}snooze/`, { ...body, minutes: 10 });
  await send(RECEIPTS, { token: message.token, kind: "tapped" });
}

/**
 * Open an address: in a window that shows it, else in one where nothing is lost, else in a new one.
 * @param {string} path
 */
async function open(path) {
  const address = new URL(path, self.location.origin);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const pathOf = (page) => new URL(page.url).pathname;
  const there = windows.find((page) => pathOf(page) === address.pathname);
  if (there) return there.focus();
  const free = windows.find((page) => NOTHING_TO_LOSE.test(pathOf(page)));
  try {
    if (free) return await (await free.focus()).navigate(address.href);
  } catch {
    // It is gone, or not in our charge.
  }
  return self.clients.openWindow(address.href);
}

/**
 * The browser has let go of its subscription: tell the server the new one. If nobody is signed in any more, the
 * page does so at the next visit.
 * @param {PushSubscriptionChangeEvent} event
 */
async function subscribeAgain(event) {
  const known = await store("facts", "readonly", (facts) => facts.get("subscribed"));
  const key = known?.key ?? event.oldSubscription?.options.applicationServerKey;
  if (!key) return;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const subscription = event.newSubscription ?? (await self.registration.pushManager.subscribe(options));
  await fetch(SUBSCRIPTIONS, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": known?.csrf ?? "" },
    body: JSON.stringify(subscription),
  });
}

// --- what is to be sent: first kept, then sent, so that nothing is lost when the browser stops us ---

/**
 * @param {string} path
 * @param {object} body
 */
async function send(path, body) {
  try {
    await store("kept", "readwrite", (kept) => kept.add({ path, body, keptAt: Date.now() }));
  } catch {
    await post(path, body).catch(() => {}); // no room, or a private window: this once
    return;
  }
  if (!(await sendKept())) await self.registration.sync?.register("send-kept").catch(() => {});
}

/**
 * Send what is kept, the oldest first. The server takes a repeat for what it is.
 * @returns {Promise<boolean>} whether nothing is left
 */
async function sendKept() {
  /** @type {Kept[]} */
  const all = await store("kept", "readonly", (kept) => kept.getAll()).catch(() => []);
  for (const each of all) {
    const isOld = each.keptAt < Date.now() - KEPT_FOR;
    if (!isOld && !(await isSettled(each))) return false;
    await store("kept", "readwrite", (kept) => kept.delete(each.id));
  }
  return true;
}

/**
 * Whether the server has taken it, or never will.
 * @param {Kept} kept
 */
async function isSettled({ path, body }) {
  try {
    const { status } = await post(path, body);
    return status < 500 && status !== 429 && status !== 408;
  } catch {
    return false;
  }
}

/**
 * @param {string} path
 * @param {object} body
 * @param {number} [within] milliseconds
 */
function post(path, body, within = 20_000) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    signal: AbortSignal.timeout(within),
  });
}

/**
 * One question to the database of this worker.
 * @param {"kept" | "facts"} name
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} ask
 * @returns {Promise<any>}
 */
function store(name, mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("push", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("kept", { keyPath: "id", autoIncrement: true });
      opening.result.createObjectStore("facts");
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(name, mode);
      const request = ask(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.addEventListener("complete", () => database.close());
      transaction.addEventListener("abort", () => database.close());
    };
  });
}
