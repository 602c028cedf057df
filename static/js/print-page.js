/** The button that prints the page. Without this module the page says how to print from the browser's menu. */

const button = document.querySelector(".sheet-print");
if (button) {
  document.querySelector(".sheet-by-menu").hidden = true;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
