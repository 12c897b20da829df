import { createHash } from "node:crypto";

/**
 * Any text as a member of a sorted set. Valkey orders members by their bytes; of these, the order of the bytes
 * is the order of the text by UTF-16 code unit, as core orders ids. Different texts stay different, halves of
 * surrogate pairs too; text without such characters stays as it is.
 */
export function toMember(text: string): string {
  // Surrogates move below U+E800, and what UTF-16 has above them beyond the first plane.
  return text.replace(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCodePoint(code < 0xe000 ? code + 0x800 : code + 0x2000);
  });
}

/** The text that {@link toMember} was given. */
export function fromMember(member: string): string {
  return member.replace(/[\ue000-\ue7ff\u{10000}-\u{11fff}]/gu, (character) => {
    const code = character.codePointAt(0) as number;
    return String.fromCharCode(code < 0x10000 ? code - 0x800 : code - 0x2000);
  });
}

const longest = 200;

/**
 * Any text as a tag of the search index, and as a part of a key: letters, digits and `%` alone, so that it means
 * nothing to a query language. Long text becomes its SHA-256 after `%x`, and the empty text `%z`, which no
 * other text gives.
 */
export function toTag(text: string): string {
  if (text === "") return "%z";
  const tag = encodeURIComponent(toMember(text)).replace(/[!'()*~._-]/g, percent);
  return tag.length <= longest ? tag : `%x${createHash("sha256").update(tag).digest("hex")}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
