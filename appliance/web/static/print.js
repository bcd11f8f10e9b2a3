// @ts-check
/** A button that prints the page; the browser's own menu does the same without it. */
for (const button of document.querySelectorAll("button[data-print]")) {
  button.addEventListener("click", () => window.print());
}
