import type { RespItems, RespLine, RespValue } from "./resp.ts";

/** One whole value of the protocol, and the bytes that it came in. */
export interface RespFrame {
  readonly value: RespValue;
  readonly raw: Buffer;
}

/** Cuts a stream of chunks into values; keeps what is incomplete for the next chunk. */
export function respFrames(): (chunk: Buffer) => RespFrame[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: RespFrame[] = [];
    for (;;) {
      const parsed = parseValue(rest, 0);
      if (parsed === undefined) return frames;
      frames.push({ value: parsed.value, raw: rest.subarray(0, parsed.end) });
      rest = rest.subarray(parsed.end);
    }
  };
}

interface Parsed<T extends RespValue = RespValue> {
  readonly value: T;
  readonly end: number;
}

/** The value that starts at `start`, or `undefined` where its end has not arrived. */
function parseValue(bytes: Buffer, start: number): Parsed | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(bytes[start] as number);
  const text = bytes.toString("utf8", start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (type) {
    case "+":
    case "-":
    case ":":
    case ",":
    case "(":
    case "#":
      return { value: { type, text } satisfies RespLine, end };
    case "_":
      return { value: { type }, end };
    case "$":
    case "=":
    case "!": {
      const length = Number(text);
      if (length < 0) return { value: { type: "_" }, end };
      if (bytes.length < end + length + 2) return undefined;
      return { value: { type, bytes: bytes.subarray(end, end + length) }, end: end + length + 2 };
    }
    case "*":
    case "~":
    case ">":
      return Number(text) < 0
        ? { value: { type: "_" }, end }
        : parseItems(bytes, end, type, Number(text));
    case "%":
      return parseItems(bytes, end, type, Number(text) * 2);
    default:
      throw new Error(`A value of the protocol cannot start with ${JSON.stringify(type)}.`);
  }
}

function parseItems(
  bytes: Buffer,
  start: number,
  type: RespItems["type"],
  count: number,
): Parsed<RespItems> | undefined {
  const items: RespValue[] = [];
  let end = start;
  for (let i = 0; i < count; i++) {
    const item = parseValue(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.value);
    end = item.end;
  }
  return { value: { type, items }, end };
}
