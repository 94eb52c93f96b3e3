// Days: typed in any of three ways or picked; shown as 2026. 11. 21. with the day of the week.

const WEEKDAYS = ["일", "월", "화", "수", "목", "금", "토"];

/** Read 20261121, 2026-11-21 or 2026. 11. 21. as {year, month, day}; null when it is no day. */
export function parseDay(text) {
  const typed = text.normalize("NFKC").trim();
  const match =
    /^(\d{4})(\d{2})(\d{2})$/u.exec(typed) ??
    /^(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[.일]?$/u.exec(typed);
  if (!match) return null;
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return { year, month, day, weekday: WEEKDAYS[date.getUTCDay()] };
}

const two = (number) => String(number).padStart(2, "0");
const korean = ({ year, month, day }) => `${year}. ${month}. ${day}.`;
const iso = ({ year, month, day }) => `${year}-${two(month)}-${two(day)}`;

function echo(input) {
  const place = input.closest(".field")?.querySelector("[data-echo]");
  if (!place) return;
  const day = parseDay(input.value);
  if (day) place.textContent = `${korean(day)} (${day.weekday})`;
  else place.textContent = input.value.trim().length >= 8 ? "날짜로 읽을 수 없습니다. 2026. 11. 21.처럼 적으세요." : "";
}

function tidy(input) {
  const day = parseDay(input.value);
  if (day && input.value !== korean(day)) input.value = korean(day);
}

function pick(button) {
  const line = button.closest(".date-line");
  const input = line.querySelector("[data-date]");
  let native = line.querySelector(".date-native");
  if (!native) {
    native = document.createElement("input");
    native.type = "date";
    native.className = "date-native";
    native.tabIndex = -1;
    native.setAttribute("aria-hidden", "true");
    native.addEventListener("change", () => {
      const day = parseDay(native.value);
      if (!day) return;
      input.value = korean(day);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
    line.append(native);
  }
  const day = parseDay(input.value);
  native.value = day ? iso(day) : "";
  native.showPicker?.();
}

export function startDates() {
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-date]")) echo(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-date]")) tidy(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick-date]");
    if (button) pick(button);
  });
  for (const input of document.querySelectorAll("[data-date]")) echo(input);
}
