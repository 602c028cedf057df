/**
 * Says short phrases aloud, with a voice that is on the device: nothing is sent anywhere.
 *
 *   const speaker = voice({ language: "en-GB", onFail(text, instead) {}, onChange(isAvailable) {} });
 *   speaker.unlock();                             in a tap: later speech needs a first, silent one there
 *   speaker.say([{ text: "Right leg", rank: 2 }, { text: "1. Lift", rank: 1 }]);
 *   speaker.hush();                               quiet at once
 *   speaker.isAvailable                           null until the voices are known, then whether one fits
 *   speaker.canSpeak                              it fits, it works, and nobody turned it off under Me
 *
 * What belongs to one moment is said together, in order. The newest moment wins: what waits of an older one is
 * never said, and what is being said is broken off, unless it ranks higher; then the new words wait for it.
 *
 * @typedef {{text: string, rank?: number, instead?: string}} Phrase `instead`: the beep in its place, for `onFail`
 */

/** An utterance that has not begun after this many milliseconds will not be heard in time. */
const SILENT_AFTER = 1500;
/** So many in a row, and speech does not work here: no more waiting for it. */
const MOST_SILENT = 2;
/** Browsers that tell of no change have all their voices by then. */
const KNOWN_AFTER = 2000;

/**
 * @param {{language: string, onFail?: (text: string, instead?: string) => void,
 *   onChange?: (isAvailable: boolean) => void}} options
 */
export function voice({ language, onFail = () => {}, onChange = () => {} }) {
  const speech = window.speechSynthesis;
  /** @type {boolean | null} */
  let isAvailable = null;
  let silent = 0;
  let isUnlocked = false;
  /** @type {Phrase[]} */
  let waiting = [];
  /** What is being said: kept, because browsers forget what nobody keeps. @type {{phrase: Phrase} | null} */
  let current = null;
  let watchdog = 0;

  const canSpeak = () =>
    isAvailable === true && silent < MOST_SILENT && document.documentElement.dataset.voice !== "off";

  function look(isFinal) {
    const fits = Boolean(speech && voiceFor(language, speech.getVoices()));
    if (!fits && !isFinal) return;
    if (fits === isAvailable) return;
    isAvailable = fits;
    onChange(fits);
  }

  function stopCurrent() {
    clearTimeout(watchdog);
    current = null;
    speech?.cancel();
  }

  /** @param {Phrase} phrase */
  function speak(phrase) {
    const chosen = voiceFor(language, speech.getVoices());
    if (!chosen) return fail(phrase);
    const utterance = new SpeechSynthesisUtterance(phrase.text);
    utterance.voice = chosen;
    utterance.lang = chosen.lang;
    const mine = { phrase, utterance };
    // What was broken off may still end or fail: only of what is being said now is that news.
    const isCurrent = () => current === mine;
    const heard = () => {
      if (!isCurrent()) return;
      clearTimeout(watchdog);
      silent = 0;
    };
    const over = () => {
      if (!isCurrent()) return;
      clearTimeout(watchdog);
      current = null;
      goOn();
    };
    utterance.addEventListener("start", heard);
    utterance.addEventListener("boundary", heard);
    utterance.addEventListener("end", over);
    utterance.addEventListener("error", () => {
      if (isCurrent()) missed(phrase);
    });
    current = mine;
    watchdog = setTimeout(() => {
      if (isCurrent()) missed(phrase);
    }, SILENT_AFTER);
    speech.speak(utterance);
  }

  function missed(phrase) {
    stopCurrent();
    silent += 1;
    // What waited behind it is late by now.
    waiting = [];
    fail(phrase);
  }

  function fail({ text, instead }) {
    onFail(text, instead);
  }

  function goOn() {
    const next = waiting.shift();
    if (next) speak(next);
  }

  /** @param {Phrase[]} phrases all of one moment, in order */
  function say(phrases) {
    if (!phrases.length) return;
    if (!canSpeak()) return phrases.forEach(fail);
    waiting = [...phrases];
    const rank = Math.max(...phrases.map((each) => each.rank ?? 1));
    if (current && (current.phrase.rank ?? 1) > rank) return;
    stopCurrent();
    goOn();
  }

  function hush() {
    waiting = [];
    stopCurrent();
  }

  /** In a tap: phones let a page speak only after it did so in one. Where it did not work, once more. */
  function unlock() {
    look(false);
    if (!speech || current || (isUnlocked && silent === 0)) return;
    isUnlocked = true;
    silent = 0;
    const nothing = new SpeechSynthesisUtterance(" ");
    nothing.volume = 0;
    speech.cancel();
    speech.speak(nothing);
  }

  // Browsers learn of their voices late.
  speech?.addEventListener?.("voiceschanged", () => look(true));
  window.addEventListener("pagehide", hush);
  look(!speech);
  if (isAvailable === null) setTimeout(() => look(true), KNOWN_AFTER);

  return {
    say,
    hush,
    unlock,
    get isAvailable() {
      return isAvailable;
    },
    get canSpeak() {
      return canSpeak();
    },
  };
}

/**
 * A voice of the language that needs no network, that of its country first. One of another language reads it wrong.
 * @param {string} language such as "en-GB"
 * @param {SpeechSynthesisVoice[]} voices
 * @returns {SpeechSynthesisVoice | undefined}
 */
export function voiceFor(language, voices) {
  const own = (voice) => voice.lang.replace("_", "-").toLowerCase();
  const wanted = language.toLowerCase();
  const fitting = voices.filter((voice) => voice.localService && own(voice).split("-")[0] === wanted.split("-")[0]);
  return fitting.find((voice) => own(voice) === wanted) ?? fitting[0];
}
