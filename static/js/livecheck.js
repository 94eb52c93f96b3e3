// Findings of the rules while the form is being filled in.
import { announce, debounce, post, showFieldMessage, textBody } from "./common.js";

const PAUSE = 600;

function typedWithin(panel) {
  const typed = new Map();
  for (const input of panel.querySelectorAll("textarea, input:not([type=hidden])")) {
    if (input.value !== input.defaultValue || input === document.activeElement) {
      typed.set(input.id, { value: input.value, start: input.selectionStart, end: input.selectionEnd });
    }
  }
  return typed;
}

function openWithin(panel) {
  return [...panel.querySelectorAll("details")].map((part) => part.open);
}

/** Put new findings in place of the old ones without losing a reason that is being typed. */
function replaceFindings(next) {
  const panel = document.getElementById("findings");
  if (!panel) return;
  const typed = typedWithin(panel);
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const open = openWithin(panel);
  const before = panel.querySelector("[data-findings-summary]")?.textContent;
  panel.replaceChildren(...next.childNodes);
  const parts = panel.querySelectorAll("details");
  if (parts.length === open.length) parts.forEach((part, at) => { part.open = open[at]; });
  for (const [id, { value, start, end }] of typed) {
    const input = document.getElementById(id);
    if (!input) continue;
    input.value = value;
    if (id === focused) {
      input.focus({ preventScroll: true });
      input.setSelectionRange?.(start, end);
    }
  }
  const after = panel.querySelector("[data-findings-summary]")?.textContent;
  if (after && after !== before) announce(after);
}

function showMessages(form, fragment) {
  for (const slot of document.querySelectorAll("[data-message-slot]")) {
    if (slot.closest("form") !== form) continue;
    const found = fragment.querySelector(`[data-field-message="${CSS.escape(slot.dataset.messageSlot)}"]`);
    const sentence = found?.textContent.trim() ?? "";
    if (slot.textContent.trim() !== sentence) showFieldMessage(slot, sentence, found?.dataset.tone);
  }
}

function watch(form) {
  let running = null;
  const check = async () => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const response = await post(form.dataset.checkUrl, textBody(form), { accept: "text/html", signal: mine.signal });
      if (!response.ok) return; // the server decides again when the form is sent; autosave speaks of lost sessions
      const fragment = new DOMParser().parseFromString(await response.text(), "text/html");
      if (mine.signal.aborted) return;
      showMessages(form, fragment);
      for (const message of fragment.querySelectorAll("[data-field-message]")) message.remove();
      replaceFindings(fragment.getElementById("findings") ?? fragment.body);
    } catch (error) {
      if (error.name !== "AbortError" && error.name !== "TypeError") throw error;
    }
  };
  const later = debounce(check, PAUSE);
  const typed = (event) => {
    if (event.target.form === form || form.contains(event.target)) later();
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  form.addEventListener("submit", () => later.cancel());
}

export function startLiveChecks() {
  for (const form of document.querySelectorAll("form[data-check-url]")) watch(form);
}
