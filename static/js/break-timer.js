/** The clock of a break: counts down to a moment, so that a phone that slept is right again when it wakes. */

const section = document.querySelector(".timer");
if (section) begin(section);

/** @param {HTMLElement} section */
function begin(section) {
  const whole = Number(section.dataset.seconds);
  const count = section.querySelector(".timer-count");
  const left = section.querySelector(".timer-left");
  const start = section.querySelector(".timer-start");
  const words = section.querySelector(".timer-words");
  let endsAt = 0;
  let timer = 0;

  function show() {
    const rest = endsAt - Date.now();
    const seconds = Math.max(0, Math.ceil(rest / 1000));
    draw(seconds);
    if (seconds === 0) return finish();
    if (seconds === Math.ceil(whole / 2)) say("Half the time is over.");
    if (seconds === 10) say("10 seconds left.");
    timer = setTimeout(show, rest % 1000 || 1000);
  }

  function draw(seconds) {
    count.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    left.setAttribute("stroke-dashoffset", String(100 - (100 * seconds) / whole));
  }

  function finish() {
    section.classList.replace("timer-on", "timer-over");
    count.textContent = "Time is up";
    start.textContent = "Once more";
    say("Time is up. Well done.");
  }

  function say(sentence) {
    if (words.textContent !== sentence) words.textContent = sentence;
  }

  function reset() {
    clearTimeout(timer);
    section.classList.remove("timer-on", "timer-over");
    start.textContent = "Start";
    draw(whole);
  }

  start.addEventListener("click", () => {
    const isOn = section.classList.contains("timer-on");
    reset();
    if (isOn) return say("The clock is stopped.");
    section.classList.add("timer-on");
    start.textContent = "Stop";
    say("The clock is running.");
    endsAt = Date.now() + whole * 1000;
    show();
    // Whoever starts wants to see how it goes; what may not move for them is not there to be pressed.
    document.querySelector(".moving-ready:not(.moving-on) .moving-play")?.click();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && section.classList.contains("timer-on")) {
      clearTimeout(timer);
      show();
    }
  });
  reset();
}
