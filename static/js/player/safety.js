/** The safety questions in the player: the lines of each day, or a longer set where its page cannot be reached. */

/**
 * @param {HTMLElement} section
 * @param {(wish: string, data: object) => void} send
 * @returns {(due: {kind: string, questions: {id: string, text: string}[]} | null) => void} asks them
 */
export function safetyQuestions(section, send) {
  const [lines, set] = ["lines", "set"].map((name) => section.querySelector(`[data-safety="${name}"]`));
  const made = (name) => section.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  let asked = null;

  function line({ id, text }) {
    const label = made("line");
    label.querySelector("input").value = id;
    label.querySelector("span").textContent = text;
    return label;
  }

  function question({ id, text }) {
    const fieldset = made("question");
    fieldset.querySelector("legend").textContent = text;
    for (const input of fieldset.querySelectorAll("input")) input.name = id;
    return fieldset;
  }

  function wrong(form, isWrong) {
    const error = form.querySelector("[data-error]");
    error.hidden = !isWrong;
    if (isWrong) error.scrollIntoView({ block: "center" });
    return isWrong;
  }

  lines.addEventListener("click", ({ target }) => {
    const how = target.closest("[data-safety-answer]")?.dataset.safetyAnswer;
    if (!how) return;
    const ticked = [...lines.querySelectorAll("input:checked")].map((input) => input.value);
    // A tick beside "none" may be either; and nothing ticked says nothing.
    if (wrong(lines, how === "none" ? ticked.length > 0 : how === "ticked" && !ticked.length)) return;
    const others = how === "not_sure" ? "not_sure" : "no";
    const answers = Object.fromEntries(asked.questions.map(({ id }) => [id, ticked.includes(id) ? "yes" : others]));
    send("screened", { kind: asked.kind, answers });
  });

  set.addEventListener("submit", (event) => {
    event.preventDefault();
    const answers = Object.fromEntries(new FormData(set));
    if (wrong(set, asked.questions.some(({ id }) => !(id in answers)))) return;
    send("screened", { kind: asked.kind, answers });
  });

  return (due) => {
    asked = due ?? asked;
    const isLines = asked?.kind === "session" || !asked;
    lines.hidden = !isLines;
    set.hidden = isLines;
    if (!asked) return;
    const place = isLines ? lines.querySelector("[data-lines]") : set.querySelector("[data-questions]");
    place.replaceChildren(...asked.questions.map(isLines ? line : question));
  };
}
