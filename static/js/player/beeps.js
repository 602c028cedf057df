/**
 * Beeps on the clock of the sound card, which no busy page makes late; and the buzz of a phone beside them.
 *
 *   const tones = beeps({ onInterrupted() {} });
 *   tones.unlock();                                           in a tap: browsers give sound only there
 *   tones.schedule([{ inMs: 0, kind: "short" }, { inMs: 3000, kind: "long" }]);
 *   tones.cancel();                                           those that have not begun yet
 *   tones.release();                                          other apps may have the sound back, in a moment
 *   tones.isReady                                             whether a beep would be heard now
 *   buzz([80])                                                whether this phone can
 *
 * @typedef {"short" | "long" | "soft"} Kind short: three, two, one. long: begin. soft: a mark on the way.
 * @typedef {{inMs: number, kind: Kind}} Beep
 */

/** Hertz, seconds, and how loud from 0 to 1: to be heard beside music, never to be startled by. */
const TONES = {
  short: { pitch: 660, lasts: 0.12, volume: 0.22 },
  long: { pitch: 880, lasts: 0.45, volume: 0.25 },
  soft: { pitch: 520, lasts: 0.09, volume: 0.13 },
};
/** Seconds in which a tone swells and fades: a tone cut off clicks. */
const EDGE = 0.012;
/** Milliseconds by which a beep may come late rather than never, while the sound wakes up. */
const LATE = 300;
/** Milliseconds in which the last tone fades out before the sound is given back. */
const FADES_WITHIN = 1000;

/** @param {{onInterrupted?: () => void}} options told when something else takes the sound, such as a call */
export function beeps({ onInterrupted = () => {} } = {}) {
  /** @type {AudioContext | null} */
  let audio = null;
  /** @type {Set<{tone: OscillatorNode, at: number}>} */
  const planned = new Set();
  /** What is to sound as soon as a tap has woken the sound. @type {{dueAt: number, kind: Kind}[]} */
  let waiting = [];
  let isWaking = false;
  let wasRunning = false;
  let releasing = 0;

  function unlock() {
    clearTimeout(releasing);
    // Without it, the silent switch of an iPhone silences an exercise too.
    if (navigator.audioSession) navigator.audioSession.type = "playback";
    if (!audio) {
      if (!window.AudioContext) return;
      audio = new AudioContext();
      audio.addEventListener("statechange", () => changed(audio.state));
    }
    if (audio.state === "running") return changed("running");
    isWaking = true;
    audio.resume().catch(() => undefined);
  }

  function changed(state) {
    if (state === "running") {
      wasRunning = true;
      isWaking = false;
      const late = waiting;
      waiting = [];
      const left = late.map(({ dueAt, kind }) => ({ inMs: dueAt - performance.now(), kind }));
      schedule(left.filter(({ inMs }) => inMs > -LATE).map(({ inMs, kind }) => ({ inMs: Math.max(0, inMs), kind })));
    } else if (wasRunning) {
      wasRunning = false;
      // Its clock stands: what is planned would come at the wrong time.
      cancel();
      onInterrupted();
    }
  }

  /** @param {Beep[]} list */
  function schedule(list) {
    if (audio?.state === "running") {
      for (const { inMs, kind } of list) if (inMs >= 0) plan(audio.currentTime + inMs / 1000, TONES[kind]);
    } else if (isWaking) {
      waiting.push(...list.map(({ inMs, kind }) => ({ dueAt: performance.now() + inMs, kind })));
    }
  }

  function plan(at, { pitch, lasts, volume }) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(volume, at + EDGE);
    level.gain.setValueAtTime(volume, at + lasts - EDGE);
    level.gain.linearRampToValueAtTime(0, at + lasts);
    tone.connect(level).connect(audio.destination);
    const one = { tone, at };
    planned.add(one);
    tone.addEventListener("ended", () => planned.delete(one));
    tone.start(at);
    tone.stop(at + lasts);
  }

  /** What is sounding already ends by itself: cut off, it would click. */
  function cancel() {
    waiting = [];
    for (const one of planned) {
      if (one.at <= audio.currentTime && audio.state === "running") continue;
      one.tone.disconnect();
      one.tone.stop();
      planned.delete(one);
    }
  }

  function release() {
    cancel();
    clearTimeout(releasing);
    releasing = setTimeout(() => {
      wasRunning = false;
      isWaking = false;
      audio?.suspend().catch(() => undefined);
      if (navigator.audioSession) navigator.audioSession.type = "auto";
    }, FADES_WITHIN);
  }

  return {
    unlock,
    schedule,
    cancel,
    release,
    get isReady() {
      return audio?.state === "running";
    },
  };
}

/**
 * @param {number[]} pattern milliseconds on, off, on...
 * @returns {boolean} whether this phone can, or says so
 */
export function buzz(pattern) {
  return navigator.vibrate?.(pattern) ?? false;
}
