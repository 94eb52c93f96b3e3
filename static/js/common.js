// Small helpers that the other modules share.

/** The token that unsafe requests carry in a header. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** Call `work` once typing has paused for `delay` milliseconds; `cancel` calls the wait off. */
export function debounce(work, delay) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
  const run = () => {
    timer = 0;
    work();
  };
  later.cancel = () => {
    clearTimeout(timer);
    timer = 0;
  };
  return later;
}

/** Say a sentence to screen readers without moving the focus. */
export function announce(sentence) {
  const place = document.getElementById("live-status");
  if (place) place.textContent = sentence;
}

/** The form's values without files and tokens, as pairs. */
export function textValues(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.includes("csrf_token"));
}

/** The form's values as a request body; files travel in requests of their own. */
export function textBody(form) {
  const body = new FormData();
  for (const [name, value] of textValues(form)) body.append(name, value);
  return body;
}

/** POST to our own server; redirects are not followed, since they mean that the session has ended. */
export function post(url, body, { accept = "application/json", keepalive = false, signal } = {}) {
  return fetch(url, {
    method: "POST",
    body,
    keepalive,
    signal,
    redirect: "manual",
    credentials: "same-origin",
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "XMLHttpRequest", Accept: accept },
  });
}

/** Whether an answer says that nobody is signed in any more. */
export function signedOut(response) {
  return response.type === "opaqueredirect" || response.status === 401;
}

/** The JSON of an answer, `{}` when it has none. */
export async function readJson(response) {
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return {};
  try {
    return await response.json();
  } catch {
    return {};
  }
}

/** Put a sentence below a field; an empty one takes it away. */
export function showFieldMessage(slot, sentence, tone = "danger") {
  slot.replaceChildren();
  if (!sentence) return;
  const line = document.createElement("p");
  line.className = "field-message";
  line.dataset.tone = tone;
  const text = document.createElement("span");
  text.textContent = sentence;
  line.append(text);
  slot.append(line);
}
