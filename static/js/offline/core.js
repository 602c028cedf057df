/**
 * What a device keeps of a patient until the server has it, and how it is sent. Pages and the service worker run the
 * same code: pages import it (store.js, outbox.js), the worker loads it as a script. So it exports nothing itself.
 *
 * Whoever keeps something hears when it is written, and when it is not: where the database cannot be opened (a private
 * window), or is full, it is in memory for as long as the page lives, and goes out like the rest.
 *
 * @typedef {{id: string, patient: string, kind: "session" | "screening", session: string | null, seq: number,
 *   type: string, at: number, offset: number, mono: number, step: string | null, data: object}} Kept
 *   at: milliseconds of the device's clock; offset: its minutes east of UTC; mono: milliseconds since the session began
 * @typedef {Kept & {number: number, state: "waiting" | "sent" | "refused", origin: number, steady: number}} Row
 *   origin, steady: which steady clock it was written by, and when; by it its age is known, whatever the clock shows
 */
globalThis.tracker ??= (() => {
  const NAME = "tracker";
  const UPLOAD = "/api/v1/sync/events/";
  const MOST = 100; // events in a request
  const LARGEST = 200_000; // bytes of a request
  const WITHIN = 20_000; // milliseconds
  const HELD_FOR = 40_000; // milliseconds that a page without locks may take for sending
  const FORGET_AFTER = 14 * 24 * 60 * 60 * 1000;
  const ENDS = new Set(["saved", "discarded", "locked"]);
  /** What must be on the disk before the page goes on: answers, and that a session is over. */
  const STRICT = new Set(["answered", "pain_before", "saved", "symptom", "stopped"]);
  const SETTLED = { stored: "sent", duplicate: "sent", quarantined: "sent", conflict: "refused", rejected: "refused" };

  // --- the database ---

  /** @type {Promise<IDBDatabase | null> | undefined} */
  let opening;
  /** Whatever this page still does must not make it anew. */
  let isWiped = false;
  /** What the database did not take. @type {Row[]} */
  const inMemory = [];
  const factsInMemory = new Map();

  /** @returns {Promise<IDBDatabase | null>} null where there is none */
  function database() {
    if (isWiped) return Promise.resolve(null);
    opening ??= new Promise((resolve) => {
      try {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => {
          const events = request.result.createObjectStore("events", { keyPath: "number", autoIncrement: true });
          events.createIndex("state", "state");
          request.result.createObjectStore("facts");
        };
        request.onerror = () => resolve(null);
        request.onsuccess = () => {
          const letGo = () => {
            request.result.close();
            opening = undefined;
          };
          request.result.onversionchange = letGo; // another page wipes it, or brings a newer one
          request.result.onclose = letGo;
          resolve(request.result);
        };
      } catch {
        resolve(null);
      }
    });
    return opening;
  }

  /** A transaction. A phone that slept may have closed the database without a word: then it is opened once more. */
  async function begun(name, mode, durability) {
    for (const isLast of [false, true]) {
      const open = await database();
      try {
        if (open) return open.transaction(name, mode, { durability });
      } catch (error) {
        if (isLast) throw error;
      }
      opening = undefined;
    }
    throw new Error("There is no database.");
  }

  /**
   * One transaction; its answer is there once it is complete.
   * @param {"events" | "facts"} name
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest | void} work
   * @param {"strict" | "relaxed"} durability
   */
  async function transact(name, mode, work, durability = "relaxed") {
    const transaction = await begun(name, mode, durability);
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("It was not written."));
    });
  }

  /** @param {Row["state"]} [state] only those @returns {Promise<Row[]>} oldest first */
  async function rows(state) {
    const all = (store) => (state ? store.index("state").getAll(state) : store.getAll());
    const stored = await transact("events", "readonly", all).catch(() => []);
    return [...stored, ...inMemory.filter((row) => !state || row.state === state)];
  }

  // --- events ---

  /**
   * Write an event down. Rejects where it is kept in memory only, because there is no room or no database.
   * @param {Kept} event
   */
  async function keep(event) {
    const row = { ...event, state: "waiting", origin: performance.timeOrigin, steady: performance.now() };
    const durability = STRICT.has(event.type) ? "strict" : "relaxed";
    try {
      await transact("events", "readwrite", (store) => store.add(row), durability);
    } catch (error) {
      inMemory.push({ ...row, number: -1 - inMemory.length });
      throw error;
    } finally {
      tell({ kind: "kept" });
    }
    if (event.type === "saved") askToLast();
  }

  /** After the first session: the browser is asked not to clear away what is kept here when it runs out of room. */
  async function askToLast() {
    if (await fact("asked-to-last")) return;
    await setFact("asked-to-last", true);
    await globalThis.navigator?.storage?.persist?.().catch(() => {});
  }

  /** The events of somebody's that the server has not got, oldest first; safety answers before all else. */
  async function waiting(patient) {
    const own = (await rows("waiting")).filter((row) => row.patient === patient);
    return own.sort((a, b) => (b.kind === "screening") - (a.kind === "screening"));
  }

  /** A session that was begun here and has no end yet: the newest. @returns {Promise<{session: string, events: Row[]} | null>} */
  async function unfinished(patient) {
    const own = await sessionRows(patient);
    const over = new Set(own.filter(({ type }) => ENDS.has(type)).map((row) => row.session));
    const newest = own.filter((row) => !over.has(row.session)).reduce((last, row) => (row.at > last.at ? row : last), { at: -1 });
    if (!newest.session) return null;
    return { session: newest.session, events: await eventsOf(patient, newest.session) };
  }

  /** What was written down of one session, in its order. */
  async function eventsOf(patient, session) {
    return (await sessionRows(patient)).filter((row) => row.session === session);
  }

  async function sessionRows(patient) {
    const own = (await rows()).filter((row) => row.patient === patient && row.kind === "session");
    return own.sort((a, b) => a.seq - b.seq);
  }

  /** How many sessions were finished on this device and are still known here. */
  async function finishedSessions(patient) {
    return (await sessionRows(patient)).filter(({ type }) => type === "saved").length;
  }

  /**
   * How things stand. What waits or was refused is told by the id of its session; safety answers by their own id.
   * A session of which only a part waits, or was refused, is among them.
   * @returns {Promise<{waiting: string[], refused: string[], since: number}>} since: Infinity where nothing waits
   */
  async function standing(patient) {
    const of = async (state) => (await rows(state)).filter((row) => row.patient === patient);
    const [left, refused] = [await of("waiting"), await of("refused")];
    const things = (all) => [...new Set(all.map(thingOf))];
    return { waiting: things(left), refused: things(refused), since: Math.min(...left.map((row) => row.at)) };
  }

  /** What a row belongs to: its session, or itself. @param {Row} row */
  function thingOf(row) {
    return row.session ?? row.id;
  }

  /** All that is known here of what the server has not got or would not take, one by one, oldest first. */
  async function unsent(patient) {
    const { waiting, refused } = await standing(patient);
    const all = (await rows()).filter((row) => row.patient === patient);
    return [...new Set([...waiting, ...refused])].map((thing) => all.filter((row) => thingOf(row) === thing));
  }

  /**
   * What the server said of each.
   * @param {{id: string, result: string}[]} results
   * @returns {Promise<boolean>} whether that changed anything
   */
  async function settle(results) {
    const said = new Map(results.map(({ id, result }) => [id, SETTLED[result] ?? "refused"]));
    const all = await rows();
    const changed = all.filter((row) => row.state === "waiting" && said.has(row.id));
    for (const row of changed) row.state = said.get(row.id);
    const kept = changed.filter((row) => row.number > 0);
    if (kept.length) await transact("events", "readwrite", (store) => void kept.forEach((row) => store.put(row)));
    await forget(all);
    return changed.length > 0;
  }

  /** Sent long ago and over: the server has it. */
  async function forget(all) {
    const open = new Set(all.filter((row) => row.state !== "sent").map(thingOf));
    const isOld = (row) => row.kind === "screening" || row.at < Date.now() - FORGET_AFTER;
    const gone = all.filter((row) => row.number > 0 && !open.has(thingOf(row)) && isOld(row));
    if (gone.length) await transact("events", "readwrite", (store) => void gone.forEach((row) => store.delete(row.number)));
  }

  // --- facts ---

  async function fact(name) {
    const stored = await transact("facts", "readonly", (store) => store.get(name)).catch(() => undefined);
    return stored ?? factsInMemory.get(name) ?? null;
  }

  /** null lets go of it. */
  async function setFact(name, value) {
    factsInMemory.delete(name);
    const write = (store) => (value === null ? store.delete(name) : store.put(value, name));
    await transact("facts", "readwrite", write).catch(() => value !== null && factsInMemory.set(name, value));
  }

  async function deviceId() {
    const known = await fact("device");
    if (known) return known;
    const made = uuid7();
    await setFact("device", made);
    return made;
  }

  /**
   * Let go of everything, but for what somebody else has not sent yet: that waits for their own sign-in.
   * @param {string} patient who signs out
   */
  async function wipe(patient) {
    const others = [...(await rows("waiting")), ...(await rows("refused"))].filter((row) => row.patient !== patient);
    inMemory.splice(0, inMemory.length, ...inMemory.filter((row) => row.patient !== patient));
    factsInMemory.clear();
    if (others.length) {
      const left = new Set(others.map(thingOf));
      const theirs = new Set(others.map((row) => row.patient));
      const isTheirs = (name) => name === "device" || left.has(name.split(":")[1]) || theirs.has(name.split(":")[1]);
      const gone = (await rows()).filter((row) => row.number > 0 && !left.has(thingOf(row)));
      await transact("events", "readwrite", (store) => void gone.forEach((row) => store.delete(row.number)));
      const names = (await transact("facts", "readonly", (store) => store.getAllKeys())).filter((name) => !isTheirs(name));
      return transact("facts", "readwrite", (store) => void names.forEach((name) => store.delete(name)));
    }
    const open = await database();
    open?.close();
    opening = undefined;
    isWiped = true;
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(NAME);
      request.onsuccess = request.onerror = request.onblocked = resolve;
    });
  }

  /** A version 7 UUID: it begins with the time, so that rows lie in order. */
  function uuid7() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const now = Date.now();
    for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now / 256 ** (5 - i)) % 256;
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  // --- sending ---

  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("outbox") : null;
  /** @type {Set<(message: object) => void>} */
  const listeners = new Set();

  function tell(message) {
    for (const listener of listeners) listener(message);
    channel?.postMessage(message);
  }

  if (channel) {
    channel.onmessage = ({ data }) => {
      for (const listener of listeners) listener(data);
    };
  }

  /**
   * Send what waits, oldest first. Only one page or worker does so at a time.
   * @returns {Promise<"sent" | "offline" | "signed_out" | "other_person" | "later">}
   */
  async function flush(patient) {
    if (!patient) return "signed_out";
    const send = async () => {
      // No room to write down that it was sent, for one: then it goes again, which does no harm.
      const outcome = await sendAll(patient).catch(() => "later");
      tell({ kind: "flushed", outcome });
      return outcome;
    };
    return navigator.locks ? navigator.locks.request("outbox", send) : alone(send);
  }

  /** Where there are no locks, a mark with the time says that another page is sending. */
  async function alone(send) {
    const marks = globalThis.localStorage;
    if (Date.now() - Number(marks?.getItem("outbox-held") ?? 0) < HELD_FOR) return "later";
    marks?.setItem("outbox-held", String(Date.now()));
    try {
      return await send();
    } finally {
      marks?.removeItem("outbox-held");
    }
  }

  async function sendAll(patient) {
    let most = MOST;
    for (;;) {
      const batch = batchOf(await waiting(patient), most);
      if (!batch.length) return "sent";
      let answer;
      let results;
      try {
        answer = await post(patient, batch);
        if (answer.ok) ({ results } = await answer.json());
      } catch {
        return "offline";
      }
      if (results) {
        // An answer that speaks of none of them would be asked for without end.
        if (await settle(results)) continue;
        return "later";
      }
      if (answer.status === 401 || answer.status === 403) return "signed_out";
      if (answer.status === 409) return "other_person";
      // Too much at once, or something in it that our server cannot read at all: find which. What others on the way
      // say ("bad request") may be different tomorrow.
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
      if (answer.status !== 413 && !(answer.status === 400 && isOurs)) return "later";
      if (most === 1 || batch.length === 1) await settle([{ id: batch[0].id, result: "rejected" }]);
      most = Math.max(1, Math.floor(batch.length / 2));
    }
  }

  /** Safety answers go alone. @param {Row[]} all @returns {Row[]} */
  function batchOf(all, most) {
    const alike = all.filter((row) => row.kind === all[0].kind).slice(0, most);
    let bytes = 0;
    return alike.filter((row, i) => (bytes += new Blob([JSON.stringify(row)]).size) < LARGEST || i === 0);
  }

  async function post(patient, batch) {
    const body = { device_id: await deviceId(), patient, sent_at: iso(Date.now(), offsetNow()), events: batch.map(asSent) };
    return fetch(UPLOAD, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": await csrf() },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WITHIN),
    });
  }

  /** Its age only where it is known: another page has another steady clock. @param {Row} row */
  function asSent({ id, kind, session, seq, type, at, offset, mono, step, data, origin, steady }) {
    const age = origin === performance.timeOrigin ? Math.max(0, Math.round(performance.now() - steady)) : null;
    return { id, kind, session, seq, type, at: iso(at, offset), age_ms: age, mono, step, data };
  }

  const offsetNow = () => -new Date().getTimezoneOffset();

  /** A moment as its own clock showed it. */
  function iso(at, offset) {
    const pad = (number) => String(number).padStart(2, "0");
    const minutes = Math.abs(offset);
    const zone = `${offset < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
    return new Date(at + offset * 60_000).toISOString().replace("Z", zone);
  }

  async function csrf() {
    const names = ["__Host-csrftoken", "csrftoken"];
    if (globalThis.document) {
      const cookies = document.cookie.split("; ").map((each) => each.split("="));
      return cookies.find(([name]) => names.includes(name))?.[1] ?? "";
    }
    for (const name of names) {
      const cookie = await globalThis.cookieStore?.get(name);
      if (cookie) return cookie.value;
    }
    return "";
  }

  return {
    deviceId, eventsOf, fact, finishedSessions, flush, keep, listeners, setFact, settle, standing, unfinished, unsent, uuid7, waiting,
    wipe,
    isLasting: async () => (await database()) !== null && inMemory.length === 0,
  };
})();
