// Drafts: what is typed is saved at each pause. Where the server cannot be reached or nobody is signed in any
// more, a copy stays in this browser tab and is offered again when the form is next opened. So it is with what
// is sent from a form without a draft and did not arrive.
import { announce, debounce, post, readJson, signedOut, textBody, textValues } from "./common.js";
import { ensureField } from "./rows.js";

const PAUSE = 800;
const RETRY = 10_000;
const PREFIX = "draft:";

const viewer = () => document.body.dataset.viewer ?? "";
/** Forms without a draft are told apart by where they go and by what the page put into them. */
function keyOf(form) {
  const hidden = [...form.elements].filter((field) => field.type === "hidden" && !field.name.includes("csrf_token"));
  const place = form.dataset.draftUrl ?? [form.action, ...hidden.map((field) => `${field.name}=${field.defaultValue}`)].join(" ");
  return `${PREFIX}${viewer()}:${place}`;
}

const TYPED = 'textarea, input:not([type]), input[type="text"], input[type="number"]';

/** Forms that have no draft on the server but are typed into: a copy is kept while they are on their way. */
const undrafted = () =>
  [...document.querySelectorAll('main form[method="post"]:not([data-draft-url])')].filter(
    (form) => form.querySelector(TYPED) && !form.querySelector('[type="password"]'),
  );
const clock = (date) => date.toLocaleTimeString("ko-KR", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Seoul" });

/** What counts as text of the form when two copies are compared: not how amounts and days are written. */
const comparable = (values) =>
  JSON.stringify(
    values
      .filter(([name, value]) => name !== "draft_version" && value !== "")
      .map(([name, value]) => [name, value.replace(/[\s,.-]/gu, "")]),
  );

/** The values as the server sent them, whatever has been typed since: scripts may come late. */
function renderedValues(form) {
  const values = [];
  for (const input of form.elements) {
    if (!input.name || input.matches(":disabled, [type=file], [type=submit], button, fieldset, output")) continue;
    if (input.name.includes("csrf_token")) continue;
    if (input.type === "checkbox" || input.type === "radio") {
      if (input.defaultChecked) values.push([input.name, input.value]);
    } else if (input.tagName === "SELECT") {
      const chosen = [...input.options].filter((option) => option.defaultSelected);
      if (!chosen.length && !input.multiple && input.options.length) chosen.push(input.options[0]);
      for (const option of chosen) values.push([input.name, option.value]);
    } else {
      values.push([input.name, input.defaultValue]);
    }
  }
  return values;
}

const copies = {
  read(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, values, sent) {
    try {
      sessionStorage.setItem(key, JSON.stringify({ values, sent, at: clock(new Date()) }));
      return true;
    } catch {
      return false; // storage is full or switched off: the server's draft is all there is
    }
  },
  forget(key) {
    try {
      sessionStorage.removeItem(key);
    } catch {
      // nothing was kept
    }
  },
  keys() {
    try {
      return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  },
};

function statusOf(form) {
  return form.querySelector("[data-draft-status]") ?? document.querySelector(`[data-draft-status="${CSS.escape(form.id)}"]`);
}

function say(form, sentence, { warning = false, url = "", urlText = "" } = {}) {
  const place = statusOf(form);
  if (!place) return;
  place.dataset.tone = warning ? "warning" : "";
  place.textContent = sentence;
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = urlText;
    place.append(" ", link);
  }
}

function fill(form, values) {
  const groups = new Map();
  for (const [name, value] of values) groups.set(name, [...(groups.get(name) ?? []), value]);
  for (const name of groups.keys()) ensureField(form, name);
  for (const input of form.elements) {
    if (!input.name || input.type === "file" || input.type === "submit" || input.type === "hidden") continue;
    const wanted = groups.get(input.name) ?? [];
    if (input.type === "checkbox" || input.type === "radio") input.checked = wanted.includes(input.value);
    else if (input.multiple) for (const option of input.options) option.selected = wanted.includes(option.value);
    else if (groups.has(input.name)) input.value = wanted.shift() ?? "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function offer(form, key) {
  const copy = copies.read(key);
  if (!copy) return;
  if (comparable(copy.values) === comparable(textValues(form))) {
    copies.forget(key);
    return;
  }
  const box = document.createElement("div");
  box.className = "notice tone-warning no-print";
  box.setAttribute("role", "status");
  const line = document.createElement("p");
  line.textContent = `${copy.at}에 쓰시던 글이 저장되지 않은 채 이 브라우저에 남아 있습니다. 되살릴까요?`;
  const buttons = document.createElement("p");
  buttons.className = "cluster";
  const button = (text, look, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = `button button-small ${look}`;
    made.textContent = text;
    made.addEventListener("click", () => {
      box.remove();
      act();
    });
    buttons.append(made);
  };
  button("되살리기", "button-secondary", () => {
    fill(form, copy.values);
    announce("쓰시던 글을 되살렸습니다.");
    form.querySelector('input:not([type="hidden"]), select, textarea')?.focus();
  });
  button("버리기", "", () => copies.forget(key));
  box.append(line, buttons);
  form.before(box);
}

function keepHere(form, key, sentence, options) {
  const kept = copies.write(key, textValues(form), false);
  say(form, kept ? sentence : "저장하지 못했습니다. 이 창을 닫지 말고 글을 따로 적어 두세요.", { warning: true, ...options });
}

async function save(form, state, keepalive) {
  const key = keyOf(form);
  const values = comparable(textValues(form));
  if (state.stopped || values === state.saved) return;
  let response;
  try {
    response = await post(form.dataset.draftUrl, textBody(form), { keepalive });
  } catch {
    keepHere(form, key, "연결이 끊겨 이 브라우저에 적어 두었습니다. 이어지면 다시 저장합니다.");
    setTimeout(state.later, RETRY);
    return;
  }
  const answer = await readJson(response);
  if (signedOut(response)) {
    keepHere(form, key, "로그인이 풀려 이 브라우저에 적어 두었습니다.", { url: location.href, urlText: "다시 로그인하기" });
  } else if (response.status === 409) {
    state.stopped = true;
    keepHere(form, key, answer.message ?? "다른 사람이 이 쪽을 저장했습니다. 저장을 누르면 두 글을 나란히 보여 드립니다.", {
      url: answer.compare_url,
      urlText: "두 글 견주어 보기",
    });
  } else if (response.ok) {
    state.saved = values;
    copies.forget(key);
    if (answer.version !== undefined && form.elements.draft_version) form.elements.draft_version.value = answer.version;
    const saved = answer.saved_at ? new Date(answer.saved_at) : new Date();
    say(form, `임시저장됨 ${Number.isNaN(saved.getTime()) ? answer.saved_at : clock(saved)}`);
  } else {
    keepHere(form, key, answer.message ?? "임시저장하지 못해 이 브라우저에 적어 두었습니다. 잠시 뒤 다시 저장합니다.");
  }
}

function watch(form) {
  const state = { saved: comparable(renderedValues(form)), stopped: false, later: null };
  // One save at a time: a slow answer must not overtake a later one.
  let queue = Promise.resolve();
  const enqueue = (keepalive) => {
    queue = queue.then(() => save(form, state, keepalive));
  };
  state.later = debounce(() => enqueue(false), PAUSE);
  const typed = (event) => {
    if (event.target.form === form || form.contains(event.target)) state.later();
  };
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  window.addEventListener("online", () => state.later());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      state.later.cancel();
      enqueue(true);
    }
  });
  form.addEventListener("submit", () => {
    state.later.cancel();
    state.stopped = true;
    // Kept until a later page shows that the text arrived: the session may be gone.
    if (comparable(textValues(form)) !== state.initial) copies.write(keyOf(form), textValues(form), true);
  });
  // Another form of the page, such as the reason for a rule, waits until what is typed here is kept.
  let passing = null;
  document.addEventListener("submit", (event) => {
    const other = event.target;
    if (other === form || other === passing || state.stopped || comparable(textValues(form)) === state.saved) return;
    event.preventDefault();
    state.later.cancel();
    enqueue(true);
    queue.then(() => {
      passing = other;
      other.requestSubmit(event.submitter);
    });
  });
  state.initial = state.saved;
  if (comparable(textValues(form)) !== state.saved) state.later();
  offer(form, keyOf(form));
}

/** A sent text has arrived when a page follows that is neither an error nor the sign-in page. */
function settle(open) {
  const arrived = viewer() && !("errorPage" in document.body.dataset);
  // A form that was taken answers by leading on; one that was not is shown again as it is.
  const led = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  const welcomed = arrived && (led || document.querySelector(".flashes .tone-success"));
  for (const key of copies.keys()) {
    const copy = copies.read(key);
    if (!copy?.sent || (open.has(key) && !welcomed)) continue;
    if (arrived) copies.forget(key);
    else sessionStorage.setItem(key, JSON.stringify({ ...copy, sent: false }));
  }
}

export function startAutosave() {
  const forms = [...document.querySelectorAll("form[data-draft-url]")];
  const others = undrafted();
  settle(new Set([...forms, ...others].map(keyOf)));
  forms.forEach(watch);
  for (const form of others) {
    form.addEventListener("submit", () => {
      const typed = [...form.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue);
      if (typed) copies.write(keyOf(form), textValues(form), true);
    });
    offer(form, keyOf(form));
  }
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => copies.keys().forEach(copies.forget));
}
