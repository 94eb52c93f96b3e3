"""Ways in which people write a name so that a comparison of texts misses it."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from procurement.domain.hangul import FINALS, LEADS, LETTER_NAMES, VOWELS, has_final, is_syllable, to_jamo

CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
GREEK = str.maketrans("oABEZHIKMNOPTYX", "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


def joined(mark: str) -> Callable[[str], str]:
    return lambda name: mark.join(name.replace(" ", ""))


def halved(mark: str) -> Callable[[str], str]:
    return lambda name: name[: len(name) // 2] + mark + name[len(name) // 2 :]


def wrapped(before: str, after: str) -> Callable[[str], str]:
    return lambda name: before + name + after


def fullwidth(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in name)


def mathematical(name: str) -> str:
    bold = {ord("A") + i: chr(0x1D400 + i) for i in range(26)} | {
        ord("a") + i: chr(0x1D41A + i) for i in range(26)
    }
    return name.translate(bold)


def circled(name: str) -> str:
    return "".join(chr(0x24D0 + ord(c) - 97) if "a" <= c <= "z" else c for c in name.lower())


def conjoining_apart(name: str) -> str:
    return "\u200b".join(unicodedata.normalize("NFD", name))


def halfwidth_jamo(name: str) -> str:
    narrow = {
        unicodedata.normalize("NFKC", chr(c)): chr(c)
        for c in (*range(0xFFA1, 0xFFBF), *range(0xFFC2, 0xFFDD))
    }
    compatibility = {unicodedata.normalize("NFKC", jamo): jamo for jamo in LEADS + VOWELS + FINALS.strip()}
    by_jamo = {compatibility[k]: v for k, v in narrow.items() if k in compatibility}
    return "".join(by_jamo.get(jamo, jamo) for jamo in to_jamo(name))


def finals_apart(name: str) -> str:
    apart = ""
    for char in name:
        jamo = to_jamo(char)
        apart += (
            chr(ord(char) - FINALS.index(jamo[2])) + jamo[2] if is_syllable(char) and len(jamo) == 3 else char
        )
    return apart


def letters_aloud(name: str) -> str:
    return re.sub(
        r"\b[A-Z]{2,4}(?![A-Za-z])|\bkt\b",
        lambda run: "".join(LETTER_NAMES[letter][0] for letter in run.group().lower()),
        name,
    )


def letters_at(capital: int, small: int) -> Callable[[str], str]:
    """Latin letters from the blocks that begin at these code points; 0: the block has no such letters."""

    table = {ord("A") + at: chr(capital + at) for at in range(26) if capital}
    table |= {ord("a") + at: chr(small + at) for at in range(26) if small}

    def write(name: str) -> str:
        return (name if capital and small else name.upper() if capital else name.lower()).translate(table)

    return write


def swapped(of: str, by: str) -> Callable[[str], str]:
    return lambda name: name.translate(str.maketrans(of, by))


def with_ending(after_consonant: str, after_vowel: str) -> Callable[[str], str]:
    return lambda name: name + (after_consonant if has_final(name[-1]) else after_vowel)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "mixed case": str.swapcase,
    "full width": fullwidth,
    "mathematical letters": mathematical,
    "circled letters": circled,
    "decomposed (NFD)": lambda name: unicodedata.normalize("NFD", name),
    "compatibility (NFKD)": lambda name: unicodedata.normalize("NFKD", name),
    "without spaces": lambda name: name.replace(" ", ""),
    "a space between all": joined(" "),
    "a dot between all": joined("."),
    "a hyphen between all": joined("-"),
    "a middle dot between all": joined("·"),
    "an underscore between all": joined("_"),
    "a comma between all": joined(","),
    "an emoji between all": joined("★"),
    "zero width between all": joined("\u200b"),
    "soft hyphen between all": joined("\u00ad"),
    "word joiner between all": joined("\u2060"),
    "direction marks between all": joined("\u202d"),
    "combining marks between all": joined("\u0336"),
    "blank fillers between all": joined("\u3164"),
    "variation selectors between all": joined("\ufe0f"),
    "split by a space": halved(" "),
    "split by a hyphen": halved("-"),
    "split by a slash": halved("/"),
    "split by a line break": halved("\n"),
    "split by a Windows line break and indent": halved("\r\n  "),
    "split by a no-break space": halved("\u00a0"),
    "Cyrillic look-alikes": lambda name: name.translate(CYRILLIC),
    "Greek look-alikes": lambda name: name.translate(GREEK),
    "letters by their names": letters_aloud,
    "jamo apart": to_jamo,
    "jamo apart with spaces": lambda name: " ".join(to_jamo(name)),
    "half-width jamo": halfwidth_jamo,
    "conjoining jamo with zero width between": conjoining_apart,
    "finals apart": finals_apart,
    "㈜ before": wrapped("㈜", ""),
    "(주) before": wrapped("(주)", ""),
    "(주) after": wrapped("", " (주)"),
    "주식회사 before": wrapped("주식회사 ", ""),
    "주식회사 glued": wrapped("주식회사", ""),
    "주식회사 after": wrapped("", "주식회사"),
    "the possessive": wrapped("", "의"),
    "the direction": wrapped("", "으로"),
    "the place": wrapped("", "에서는"),
    "the topic": wrapped("", "는"),
    "the subject": wrapped("", "이"),
    "the object": wrapped("", "을"),
    "the company": wrapped("", "사"),
    "in quotes": wrapped("「", "」"),
    "in a sentence": wrapped("기존에 쓰던 ", " 제품과 같은 수준"),
    "before a noun": wrapped("", " 솔루션"),
    "bold script": letters_at(0x1D4D0, 0x1D4EA),
    "bold sans": letters_at(0x1D5D4, 0x1D5EE),
    "monospace": letters_at(0x1D670, 0x1D68A),
    "bold Fraktur": letters_at(0x1D56C, 0x1D586),
    "circled capitals and small": letters_at(0x24B6, 0x24D0),
    "dark circles": letters_at(0x1F150, 0),
    "squares": letters_at(0x1F130, 0),
    "dark squares": letters_at(0x1F170, 0),
    "letters of flags": letters_at(0x1F1E6, 0),
    "letters in brackets": letters_at(0, 0x249C),
    "small capitals": swapped("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"),
    "accents": swapped("aeioucnAEIOU", "áéíóüçñÀÈÌÖÛ"),
    "strokes": swapped("olthdOLTHD", "øłŧħđØŁŦĦĐ"),
    "0 for o": swapped("oO", "00"),
    "brackets between all": joined("]["),
    "asterisks between all": joined("*"),
    "plus signs between all": joined("+"),
    "quotes between all": joined('"'),
    "dashes between all": joined("—"),
    "non-breaking hyphens between all": joined("\u2011"),
    "thin spaces between all": joined("\u2009"),
    "two spaces between all": joined("  "),
    "line breaks between all": joined("\n"),
    "joiners of emoji between all": joined("\u200d"),
    "byte order marks between all": joined("\ufeff"),
    "tag characters between all": joined("\U000e0061"),
    "half-width fillers between all": joined("\uffa0"),
    "brackets around all": lambda name: "".join(f"({char})" for char in name if char != " "),
    "NFD with spaces": lambda name: " ".join(unicodedata.normalize("NFD", name)),
    "jamo with dots": lambda name: ".".join(to_jamo(name.replace(" ", ""))),
    "split by a tab": halved("\t"),
    "split by an ideographic space": halved("\u3000"),
    "split by ㈜": halved("㈜"),
    "split by 주식회사": halved(" 주식회사 "),
    "㈜ after": wrapped("", "㈜"),
    "（주） before": wrapped("（주）", ""),
    "( 주 ) before": wrapped("( 주 ) ", ""),
    "유한회사 before": wrapped("유한회사 ", ""),
    "Inc. after": wrapped("", " Inc."),
    "은/는": with_ending("은", "는"),
    "이/가": with_ending("이", "가"),
    "과/와": with_ending("과", "와"),
    "으로서/로서": with_ending("으로서", "로서"),
    "이라는/라는": with_ending("이라는", "라는"),
    "이라도/라도": with_ending("이라도", "라도"),
    "에게서": wrapped("", "에게서"),
    "보다는": wrapped("", "보다는"),
    "까지만": wrapped("", "까지만"),
    "들의": wrapped("", "들의"),
    "등": wrapped("", " 등"),
    "기반 glued": wrapped("", "기반"),
    "서비스를 glued": wrapped("", "서비스를"),
    "플랫폼과 glued": wrapped("", "플랫폼과"),
    "in round brackets": wrapped("그룹웨어(", ")"),
    "in a list": wrapped("서버, ", ", 저장소"),
    "in a list of dots": wrapped("서버·", "·저장소"),
    "behind a bullet": wrapped("ㅇ ", ""),
    "behind a number in a circle": wrapped("①", ""),
    "behind a heading": wrapped("제품명:", ""),
    "with a version": wrapped("", " 2.0"),
}


def slips(name: str) -> Iterator[str]:
    """Every name with one vowel, first or last consonant replaced, added or dropped."""
    for at, char in enumerate(name):
        if not is_syllable(char):
            continue
        lead, rest = divmod(ord(char) - 0xAC00, 588)
        vowel, final = divmod(rest, 28)
        others = [
            ((lead + 1) % 19, vowel, final),
            (lead, (vowel + 1) % 21, final),
            (lead, vowel, (final + 4) % 28),
        ]
        others.append((lead, vowel, 0 if final else 4))
        for a, b, c in others:
            changed = chr(0xAC00 + a * 588 + b * 28 + c)
            if changed != char:
                yield name[:at] + changed + name[at + 1 :]
