// Repeating rows of a form: added and removed without a round trip.
import { announce } from "./common.js";

const ATTRIBUTES = ["id", "name", "for", "value", "aria-labelledby", "aria-describedby", "data-message-slot", "data-pick-date", "data-rows", "data-upload-name", "data-shown-for"];

function bodyOf(list) {
  return list.querySelector(":scope > [data-rows-body]");
}

function rowsOf(list) {
  return [...bodyOf(list).querySelectorAll(":scope > [data-row]")];
}

/** The number within `lines-3-amount` for the list `lines`; -1 when the name is not of that list. */
function indexIn(listName, name) {
  const match = name.startsWith(`${listName}-`) ? /^(\d+)(?:-|$)/u.exec(name.slice(listName.length + 1)) : null;
  return match ? Number(match[1]) : -1;
}

function indexOfRow(list, row) {
  const named = [...row.querySelectorAll("[name]")].map((part) => indexIn(list.dataset.rows, part.name));
  const remove = row.querySelector('[name="remove_row"]');
  return Math.max(-1, ...named, remove ? indexIn(list.dataset.rows, remove.value) : -1);
}

function clear(row) {
  for (const input of row.querySelectorAll("input, select, textarea")) {
    if (input.type === "checkbox" || input.type === "radio") input.checked = false;
    else if (input.tagName === "SELECT") input.selectedIndex = 0;
    else if (input.type !== "hidden" || /(?:^|-)id$|_evidence$/u.test(input.name)) input.value = "";
    input.removeAttribute("aria-invalid");
  }
  for (const part of row.querySelectorAll(".error-text, .field-message, .date-native, [data-file-list] > *")) part.remove();
  for (const part of row.querySelectorAll("[data-echo]")) part.textContent = "";
}

function renumber(list) {
  rowsOf(list).forEach((row, at) => {
    for (const place of row.querySelectorAll("[data-row-number]")) place.textContent = String(at + 1);
  });
}

function addRow(list) {
  const rows = rowsOf(list);
  if (!rows.length) return null;
  const pattern = rows.at(-1);
  const from = indexOfRow(list, pattern);
  const to = Math.max(...rows.map((row) => indexOfRow(list, row))) + 1;
  const row = pattern.cloneNode(true);
  // Cloned radio buttons would steal the tick from their twins: they are emptied before they are put in.
  clear(row);
  const [old, now] = [`${list.dataset.rows}-${from}`, `${list.dataset.rows}-${to}`];
  const rename = (text) =>
    text
      .split(" ")
      .map((word) => (word === old || word.startsWith(`${old}-`) ? now + word.slice(old.length) : word))
      .join(" ");
  for (const part of [row, ...row.querySelectorAll("*")]) {
    for (const name of ATTRIBUTES) {
      if (name === "value" && part.name !== "remove_row") continue;
      if (part.hasAttribute(name)) part.setAttribute(name, rename(part.getAttribute(name)));
    }
  }
  bodyOf(list).append(row);
  renumber(list);
  return row;
}

function removeRow(list, row) {
  const rows = rowsOf(list);
  const item = list.dataset.rowsItem;
  const at = rows.indexOf(row);
  if (rows.length <= Math.max(1, Number(list.dataset.rowsMin))) {
    clear(row);
    announce(`${item} ${at + 1}번의 내용을 비웠습니다. 적어도 하나는 있어야 합니다.`);
  } else {
    row.remove();
    renumber(list);
    announce(`${item} ${at + 1}번을 뺐습니다.`);
  }
  const next = rowsOf(list)[Math.min(at, rowsOf(list).length - 1)];
  next.querySelector('input:not([type="hidden"]), select, textarea')?.focus();
  changed(list);
}

function changed(list) {
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Add rows until a field of this name is there; used when typed text is brought back. */
export function ensureField(form, name) {
  for (const list of form.querySelectorAll("[data-rows]")) {
    const wanted = indexIn(list.dataset.rows, name);
    for (let tries = 0; wanted >= 0 && !form.elements.namedItem(name) && tries < 200; tries += 1) {
      if (!addRow(list)) break;
    }
  }
}

export function startRows() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="add_row"], button[name="remove_row"]');
    const list = button?.closest("[data-rows]");
    if (!list) return;
    if (button.name === "remove_row") {
      event.preventDefault();
      removeRow(list, button.closest("[data-row]"));
      return;
    }
    const row = addRow(list);
    if (!row) return; // no row to copy: the button sends the form, and the server adds the first one
    event.preventDefault();
    row.querySelector('input:not([type="hidden"]), select, textarea')?.focus();
    announce(`${list.dataset.rowsItem} ${rowsOf(list).length}번을 더했습니다.`);
    changed(list);
  });
}
