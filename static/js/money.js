// Amounts of won: separators while typing, Korean words below.

const DIGITS = ["", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"];
const SMALL = ["", "십", "백", "천"];
const LARGE = ["", "만", "억", "조", "경"];

/** Digits in words as contracts write them: 12650000 → 일천이백육십오만. */
export function koreanWords(digits) {
  let words = "";
  const padded = digits.padStart(Math.ceil(digits.length / 4) * 4, "0");
  for (let start = 0; start < padded.length; start += 4) {
    const group = [...padded.slice(start, start + 4)]
      .map((digit, place) => (digit === "0" ? "" : DIGITS[Number(digit)] + SMALL[3 - place]))
      .join("");
    if (group) words += group + LARGE[(padded.length - start) / 4 - 1];
  }
  return words || "영";
}

function bare(text) {
  return text.normalize("NFKC").replace(/[\s,원₩]/gu, "");
}

function group(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/gu, ",");
}

function refresh(input, keepCaret) {
  const digits = bare(input.value);
  const echo = input.closest(".field")?.querySelector("[data-echo]");
  if (!/^\d{1,20}$/u.test(digits)) {
    // Not a plain amount: left as it was typed for the server to explain.
    if (echo) echo.textContent = "";
    return;
  }
  const clean = digits.replace(/^0+(?=\d)/u, "");
  const behind = input.value.length - (input.selectionStart ?? input.value.length);
  const grouped = group(clean);
  if (input.value !== grouped) {
    input.value = grouped;
    if (keepCaret) {
      const caret = Math.max(0, grouped.length - behind);
      input.setSelectionRange(caret, caret);
    }
  }
  if (echo) echo.textContent = `금${grouped}원(금${koreanWords(clean)}원)`;
}

export function startMoney() {
  document.addEventListener("input", (event) => {
    // While a Korean syllable is being put together the text is not ours to touch.
    if (event.target.matches?.("[data-money]") && !event.isComposing) refresh(event.target, true);
  });
  for (const input of document.querySelectorAll("[data-money]")) refresh(input, false);
}
