/** Reads an exercise aloud, with a voice that is on the device: nothing is sent anywhere. */

const [READ, STOP] = ["Read aloud", "Stop reading"];

const button = document.querySelector(".read-aloud");
if (button && "speechSynthesis" in window) begin(button, window.speechSynthesis);

/**
 * @param {HTMLElement} button
 * @param {SpeechSynthesis} speech
 */
function begin(button, speech) {
  const label = button.querySelector("span");
  const voice = () => voiceFor(document.documentElement.lang, speech.getVoices());
  /** @type {SpeechSynthesisUtterance[]} what is being read: kept, because browsers forget what nobody keeps */
  let parts = [];

  function showIfPossible() {
    button.disabled = !parts.length && !voice();
  }

  function stop() {
    parts = [];
    label.textContent = READ;
    speech.cancel();
    showIfPossible();
  }

  function read() {
    speech.cancel();
    // One sentence or two at a time: browsers break off a text that takes long.
    parts = [...document.querySelectorAll("[data-read]")].map((each) => utterance(each.textContent.trim(), voice()));
    const reading = parts;
    const stopThis = () => {
      if (reading === parts) stop();
    };
    parts.at(-1).addEventListener("end", stopThis);
    // With one sentence missing, the others could say something else.
    for (const part of parts) part.addEventListener("error", stopThis);
    label.textContent = STOP;
    for (const part of parts) speech.speak(part);
  }

  button.addEventListener("click", () => (parts.length ? stop() : read()));
  window.addEventListener("pagehide", stop);
  // Browsers learn of their voices late.
  speech.addEventListener?.("voiceschanged", showIfPossible);
  showIfPossible();
}

/**
 * @param {string} text
 * @param {SpeechSynthesisVoice} voice
 */
function utterance(text, voice) {
  const part = new SpeechSynthesisUtterance(text);
  part.voice = voice;
  part.lang = voice.lang;
  return part;
}

/**
 * A voice of the language that needs no network, that of its country first.
 * @param {string} language such as "en-GB"
 * @param {SpeechSynthesisVoice[]} voices
 * @returns {SpeechSynthesisVoice | undefined}
 */
function voiceFor(language, voices) {
  const own = (voice) => voice.lang.replace("_", "-").toLowerCase();
  const wanted = language.toLowerCase();
  const fitting = voices.filter((voice) => voice.localService && own(voice).split("-")[0] === wanted.split("-")[0]);
  return fitting.find((voice) => own(voice) === wanted) ?? fitting[0];
}
