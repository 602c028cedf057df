// Buttons that copy a text of the page. Without this module, or a clipboard, the text can be marked and copied.

/** @param {HTMLButtonElement} button */
function prepare(button) {
  const id = button.dataset.copies ?? "";
  const text = document.getElementById(id);
  const said = document.getElementById(`${id}-copied`);
  if (!text || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let words = "Copied.";
    try {
      await navigator.clipboard.writeText(text.textContent?.trim() ?? "");
    } catch {
      words = "We could not copy it. Mark the address and copy it.";
    }
    if (said) said.textContent = words;
  });
}

document.querySelectorAll("button[data-copies]").forEach((button) => prepare(/** @type {HTMLButtonElement} */ (button)));
