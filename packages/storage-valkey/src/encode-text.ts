import { createHash } from "node:crypto";
import { rootScope, type Scope } from "@unimem/core/storage";

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
  return text === "" ? "%z" : bounded(percentEncoded(text));
}

const slash = "%2F";

/** The tags of a scope and of everything above it, from the root down. */
export function scopeTags(scope: Scope): string[] {
  const tags = [slash];
  if (scope === rootScope) return tags;
  // Nothing but a slash is encoded as one, so what lies above begins a scope also when both are encoded.
  const whole = percentEncoded(scope);
  for (let end = 0; end < whole.length; ) {
    const next = whole.indexOf(slash, end + slash.length);
    end = next === -1 ? whole.length : next;
    tags.push(bounded(whole.slice(0, end)));
  }
  return tags;
}

function bounded(tag: string): string {
  return tag.length <= longest ? tag : `%x${createHash("sha256").update(tag).digest("hex")}`;
}

function percentEncoded(text: string): string {
  return encodeURIComponent(toMember(text)).replace(/[!'()*~._-]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
