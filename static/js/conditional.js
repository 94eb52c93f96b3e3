// Parts of a form that concern only some answers. Without scripts everything is there, with a sentence on when.
// data-shown-for="kind=expiry,termination" or "immediate!=y": the field's value decides.

function valueOf(form, name) {
  const chosen = form.querySelector(`[name="${name}"]:checked`);
  if (chosen) return chosen.value;
  const field = form.querySelector(`select[name="${name}"], input[name="${name}"]:not([type=radio], [type=checkbox])`);
  return field ? field.value : "";
}

function applies(form, condition) {
  const [, name, not, values] = condition.match(/^([^!=]+)(!?)=(.*)$/);
  return values.split(",").includes(valueOf(form, name)) !== (not === "!");
}

/** A part with a complaint in it stays in sight, whatever was answered. Rows come and go, so parts are looked up. */
function update(form) {
  for (const part of form.querySelectorAll("[data-shown-for]")) {
    part.hidden = !applies(form, part.dataset.shownFor) && !part.querySelector("[aria-invalid=true]");
  }
}

export function startConditional() {
  for (const form of document.querySelectorAll("form")) {
    if (!form.querySelector("[data-shown-for]")) continue;
    for (const kind of ["change", "input"]) form.addEventListener(kind, () => update(form));
    update(form);
  }
}
