/**
 * Shows every push, and sends on what was tapped: at once, or when there is a network again. Keeps what a session
 * needs, so that it runs without one.
 *
 * A push holds ids and a token, which is good for that one push alone. So nobody has to be signed in for it.
 *
 * @typedef {{kind: string, id: string, nth: number, token: string}} Message what a push says
 * @typedef {{id?: number, path: string, body: object, keptAt: number}} Kept what is to be sent to the server
 */

importScripts("/static/js/built/offline-core.js");

const KIT = "/api/v1/player/kit/";
const SHELL = "/player/";
// Pages that are shown as they were kept, where there is no network: the player stands in for Today.
const KEPT_PAGES = { "/": SHELL, "/player/": SHELL, "/help/": "/help/" };
const PAGES = [SHELL, "/help/"];
// How each kind of file names others.
const NAMED = {
  "text/html": /(?:href|src)="([^"#]+)"/g,
  "text/css": /url\(["']?([^"')]+)/g,
  "text/javascript": /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g,
};
const ANSWER_WITHIN = 4000; // milliseconds until what is kept is good enough
const SLOW_FOR = 30_000; // a page has many files: where one was too slow, its files are not waited for as long
const NOT_AGAIN = 200;
let slowUntil = 0;
let keeping = Promise.resolve();
const GATEWAY_ERRORS = new Set([502, 503, 504]);
const FILES_FOR = 60 * 60 * 1000; // milliseconds
const NEXT = "next-"; // before the name of a cache that is to take the place of another
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

// A new worker waits until every page of the old one is gone, or says that no session is running.
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([self.clients.claim(), sendKept()])));
self.addEventListener("push", (event) => event.waitUntil(take(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(answer(event.action, read(event.notification), new Date()));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event)));
// A browser that knows this event asks again as long as something is left.
self.addEventListener("sync", (event) => event.waitUntil(sendAll().then((isAllSent) => isAllSent || Promise.reject())));
self.addEventListener("message", (event) => {
  if (event.data?.kind === "send-kept") event.waitUntil(sendKept());
  if (event.data?.kind === "activate") self.skipWaiting();
  // One after the other: two would write into the same cache.
  if (event.data?.kind === "keep-kit") event.waitUntil((keeping = keeping.then(keepKit).catch(() => {})));
  if (event.data?.kind === "subscribed") event.waitUntil(store("facts", "readwrite", (facts) => facts.put(event.data, "subscribed")));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isKeptPage = Object.hasOwn(KEPT_PAGES, pathname);
  const page = isKeptPage ? KEPT_PAGES[pathname] : SHELL;
  if (request.mode === "navigate") event.respondWith(networkFirst(request, page, isKeptPage));
  else if (pathname.startsWith("/static/")) event.respondWith(networkFirst(request, pathname, true, true));
});

// --- what a session needs, kept for when there is no network ---

/**
 * The answer of the server; if it does not come, or not soon, the one that is kept.
 * @param {Request} request
 * @param {string} kept what stands in for it
 * @param {boolean} isSame whether that is as good, and so is shown where the server is slow
 * @param {boolean} isFile whether it is one of the many files of a page
 */
async function networkFirst(request, kept, isSame, isFile = false) {
  const coming = fetch(request);
  coming.catch(() => {});
  const wait = isFile && Date.now() < slowUntil ? NOT_AGAIN : ANSWER_WITHIN;
  const late = new Promise((resolve) => setTimeout(resolve, wait));
  try {
    const answer = await (isSame ? Promise.race([coming, late]) : coming);
    slowUntil = answer ? 0 : Date.now() + SLOW_FOR;
    // A page that failed says so itself; a server that is not there has nothing to say.
    if (answer && !GATEWAY_ERRORS.has(answer.status)) return answer;
  } catch {
    // No network.
  }
  return (await keptAnswer(kept).catch(() => null)) ?? coming;
}

/** Only what is kept for whoever used this browser last. @param {string} path */
async function keptAnswer(path) {
  const cacheName = await inUse(`kit-${await tracker.fact("patient")}`);
  return caches.match(path, { cacheName, ignoreSearch: true });
}

/** What the next days need: the plan lies with the events, since no answer of the API belongs into a cache of answers. */
async function keepKit() {
  const isAllSent = !(await tracker.waiting(await tracker.fact("patient"))).length;
  const answer = await fetch(KIT, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const kit = await answer.json();
  const isStillTheirs = async () => kit.patient === (await tracker.fact("patient"));
  if (!(await isStillTheirs())) return;
  const files = `kit-${kit.patient}`;
  // Of each person: the next one on this device begins anew.
  const keptAt = `files-kept-at:${kit.patient}`;
  try {
    const isOld = Date.now() - ((await tracker.fact(keptAt)) ?? 0) > FILES_FOR;
    const isRenewed = await keepFiles(kit, files, isOld);
    if (!(await isStillTheirs())) return;
    await tracker.setFact("kit", kit);
    // What was answered here before is in it; what it asks for is asked for anew.
    if (isAllSent) await tracker.setFact(`cleared:${kit.patient}`, null);
    if (isRenewed) await tracker.setFact(keptAt, Date.now());
  } finally {
    // Whoever signed out meanwhile leaves nothing here, be it in the midst of the last line.
    if (!(await isStillTheirs())) {
      await Promise.all([NEXT + files, files].map((name) => caches.delete(name)));
      if ((await tracker.fact("kit"))?.patient === kit.patient) await tracker.setFact("kit", null);
      await tracker.setFact(keptAt, null);
    }
  }
}

/**
 * Pages, files and pictures. The old ones stay until all of the new ones are there, and under a session.
 * @returns {Promise<boolean>} whether they are new
 */
async function keepFiles(kit, files, isOld) {
  const next = NEXT + files;
  for (const name of await caches.keys()) if (name.startsWith(NEXT) && name !== next) await caches.delete(name);
  if ((await inUse(files)) === next) await takePlace(next, files); // it was stopped in the midst of it
  const there = (await (await caches.open(files)).keys()).map((request) => new URL(request.url).pathname);
  const pictures = Object.values(kit.blocks).flatMap((block) => block.pictures);
  const isFirst = !there.includes(SHELL);
  const isDue = isFirst || (isOld && !(await isSessionRunning()));
  const missing = isDue ? [...pictures, ...PAGES] : pictures.filter((path) => !there.includes(path));
  const fetched = await withAllTheyName(missing);
  if (!isDue) {
    await fill(files, fetched);
    return false;
  }
  await caches.delete(next); // what was left half-way
  try {
    await fill(next, fetched);
    // One that began meanwhile needs the files that it began with.
    if (!isFirst && (await isSessionRunning())) throw new Error("A session runs.");
    await takePlace(next, files);
  } catch (error) {
    // Unless it is all that is left.
    if ((await has(files, SHELL)) || !(await has(next, SHELL))) await caches.delete(next);
    throw error;
  }
  return true;
}

/** Where the files of somebody are: for a moment, and after a fault, where the new ones were gathered. @param {string} files */
async function inUse(files) {
  return (await has(NEXT + files, SHELL)) ? NEXT + files : files;
}

async function has(cacheName, path) {
  return (await caches.match(path, { cacheName })) !== undefined;
}

/** The player comes last: where it is, everything is. @param {string} name @param {Map<string, Response>} answers */
async function fill(name, answers) {
  const cache = await caches.open(name);
  for (const [path, each] of answers) if (path !== SHELL) await cache.put(path, each);
  if (answers.has(SHELL)) await cache.put(SHELL, answers.get(SHELL));
}

/** As a cache cannot be given another name, it is copied; what is in use meanwhile is the copied one. */
async function takePlace(from, to) {
  const source = await caches.open(from);
  await caches.delete(to);
  const copied = (await source.keys()).map(async (request) => [new URL(request.url).pathname, await source.match(request)]);
  await fill(to, new Map(await Promise.all(copied)));
  await caches.delete(from);
}

/** Whatever is on the screen of a session, it needs its files until its end. */
async function isSessionRunning() {
  const { held } = (await navigator.locks?.query()) ?? { held: [] };
  return held.some(({ name }) => name === "session");
}

/**
 * What these paths lead to, with the styles, scripts, fonts and pictures that they name, and what those name in turn.
 * @param {string[]} paths
 * @returns {Promise<Map<string, Response>>} all of it; if one thing is missing, none
 */
async function withAllTheyName(paths) {
  const found = new Map();
  let next = new Set(paths);
  while (next.size) {
    const answers = await Promise.all([...next].map(async (path) => [path, await fetch(path)]));
    next = new Set();
    for (const [path, answer] of answers) {
      // A page that leads elsewhere asks for a sign-in.
      if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
      found.set(path, answer.clone());
      const naming = Object.keys(NAMED).find((type) => answer.headers.get("Content-Type")?.startsWith(type));
      const text = naming ? await answer.text() : "";
      for (const [, name] of naming ? text.matchAll(NAMED[naming]) : []) {
        const { pathname } = new URL(name, answer.url);
        if (pathname.startsWith("/static/") && !found.has(pathname)) next.add(pathname);
      }
    }
    for (const path of found.keys()) next.delete(path);
  }
  return found;
}

/** Everything that waits, of push and of sessions. @returns {Promise<boolean>} whether nothing is left */
async function sendAll() {
  const outcome = await tracker.flush(await tracker.fact("patient"));
  return (await sendKept()) && ["sent", "signed_out"].includes(outcome);
}

// --- push ---

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
  // Without a signal a session runs at the address of Today.
  const free = (await isSessionRunning()) ? null : windows.find((page) => NOTHING_TO_LOSE.test(pathOf(page)));
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
