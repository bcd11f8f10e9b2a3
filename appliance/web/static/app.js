// @ts-check
/** Small help on top of pages that work without it: drafts, retry of a cut save, idle lock. */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
const says = document.querySelector("[data-draft-state]");
const IDLE_MS = 10 * 60 * 1000;
let touched = Date.now();
let timer = 0;

/** A sentence that the page carries in its own language. @param {string} name */
function words(name) {
  return document.body.dataset[name] || "";
}

/** @param {string} text */
function say(text) {
  if (says) says.textContent = text;
}

async function saveDraft() {
  if (!form) return;
  try {
    const answer = await fetch(String(form.dataset.draft), {
      method: "POST", body: new URLSearchParams(/** @type {any} */ (new FormData(form))), keepalive: true,
    });
    const version = answer.headers.get("X-Draft-Version");
    const held = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("draft_version"));
    if (version && held) held.value = version;
    say(answer.redirected ? words("saysLocked") : await answer.text());
  } catch (_fault) {
    say(words("saysCut"));
    later(5000);
  }
}

/** @param {number} ms */
function later(ms) {
  window.clearTimeout(timer);
  timer = window.setTimeout(saveDraft, ms);
}

if (form) {
  form.addEventListener("input", () => { say("…"); later(1500); });
  window.addEventListener("pagehide", () => { if (timer) saveDraft(); });
  // What a swap of the lots changed belongs to the draft as well.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (/** @type {Element} */ (event.target).id === "lots") later(1500);
  });
}

/** The button that was pressed: a browser of 2020 does not tell it with the submit. @type {HTMLButtonElement | null} */
let pressed = null;
document.addEventListener("click", (event) => {
  pressed = /** @type {Element} */ (event.target).closest("button");
}, true);

/** Whether the box answers. What the browser believes of the network says nothing: the box has no Internet. */
async function boxAnswers() {
  try {
    return (await fetch("/vivant", { cache: "no-store" })).ok;
  } catch (_fault) {
    return false;
  }
}

/**
 * A save goes out only once the box answers, so a Wi-Fi that is down never swaps the page for the browser's error.
 * Sent again it carries the same request key, so it acts once.
 */
document.addEventListener("submit", async (event) => {
  const sent = /** @type {HTMLFormElement} */ (event.target);
  if (sent.method !== "post" || sent.dataset.plain !== undefined) return;
  event.preventDefault();
  if (sent.dataset.sending) return;
  sent.dataset.sending = "1";
  window.clearTimeout(timer);
  timer = 0;
  const button = pressed && pressed.form === sent ? pressed : null;
  while (!(await boxAnswers())) {
    say(words("saysWaiting"));
    await new Promise((done) => window.setTimeout(done, 2000));
  }
  if (button && button.name) {
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = button.name;
    chosen.value = button.value;
    sent.append(chosen);
  }
  if (button && button.hasAttribute("formaction")) sent.action = button.formAction;
  window.setTimeout(() => { delete sent.dataset.sending; }, 8000);
  sent.submit();
});

// A village tapped and one chosen in the list: the last gesture stands.
document.addEventListener("change", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const list = /** @type {HTMLSelectElement | null} */ (document.querySelector("#village_autre"));
  if (list && field.name === "village") list.value = "";
  if (list && field === /** @type {any} */ (list)) {
    for (const chip of document.querySelectorAll("input[name=village]")) /** @type {HTMLInputElement} */ (chip).checked = false;
  }
});

// Enter in a box of a long form goes on to the next one, as the keyboard's own sign says: nothing is sent half-typed.
document.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (event.key !== "Enter" || event.defaultPrevented || field.tagName !== "INPUT" || field.id === "cherche" || field.id === "code"
    || field.getAttribute("enterkeyhint") === "go") return;
  const long = field.closest("form[data-enter-next]");
  if (!long) return;
  event.preventDefault();
  const fields = /** @type {HTMLElement[]} */ ([...long.querySelectorAll("input:not([type=hidden]), select, textarea, .btn.main")]);
  const next = fields.slice(fields.indexOf(field) + 1).find((one) => one.offsetParent);
  if (next) next.focus();
});

for (const button of document.querySelectorAll("[data-print]")) {
  /** @type {HTMLButtonElement} */ (button).hidden = false;
  button.addEventListener("click", () => window.print());
}
if (document.querySelector("[data-print-now]")) window.print();

for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, () => { touched = Date.now(); });
window.setInterval(async () => {
  const lock = /** @type {HTMLFormElement | null} */ (document.querySelector("form.lock"));
  if (!lock || Date.now() - touched < IDLE_MS) return;
  await saveDraft();
  lock.submit();
}, 15000);
