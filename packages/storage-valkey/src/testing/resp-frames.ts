import type { RespItems, RespValue } from "./resp.ts";

/** One whole value of the protocol, and the bytes that it came in. */
export interface RespFrame {
  readonly value: RespValue;
  readonly raw: Buffer;
}

interface OpenList {
  readonly type: RespItems["type"];
  readonly count: number;
  readonly items: RespValue[];
}

/** Cuts a stream of chunks into values; goes on with the next chunk where the last one ended. */
export function respFrames(): (chunk: Buffer) => RespFrame[] {
  /** From the start of the frame that is being read. */
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  const open: OpenList[] = [];

  /** Puts a value into the innermost list; answers with the outermost one when that is whole. */
  function place(value: RespValue): RespValue | undefined {
    let whole = value;
    for (;;) {
      const list = open.at(-1);
      if (list === undefined) return whole;
      list.items.push(whole);
      if (list.items.length < list.count) return undefined;
      open.pop();
      whole = { type: list.type, items: list.items };
    }
  }

  return (chunk) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const frames: RespFrame[] = [];
    for (;;) {
      const token = readToken(bytes, at);
      if (token === undefined) return frames;
      at = token.end;
      if (token.count > 0) {
        open.push({ type: token.value.type as RespItems["type"], count: token.count, items: [] });
        continue;
      }
      const value = place(token.value);
      if (value === undefined) continue;
      frames.push({ value, raw: bytes.subarray(0, at) });
      bytes = bytes.subarray(at);
      at = 0;
    }
  };
}

interface Token {
  /** A whole value, or a list whose `count` items follow. */
  readonly value: RespValue;
  readonly count: number;
  readonly end: number;
}

/** What starts at `start`, or `undefined` where its end has not arrived. */
function readToken(bytes: Buffer, start: number): Token | undefined {
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
      return { value: { type, text }, count: 0, end };
    case "_":
      return { value: { type }, count: 0, end };
    case "$":
    case "=":
    case "!": {
      const length = Number(text);
      if (length < 0) return { value: { type: "_" }, count: 0, end };
      if (bytes.length < end + length + 2) return undefined;
      const content = bytes.subarray(end, end + length);
      return { value: { type, bytes: content }, count: 0, end: end + length + 2 };
    }
    case "*":
    case "~":
    case ">":
    case "%": {
      const count = Number(text);
      if (count < 0) return { value: { type: "_" }, count: 0, end };
      return { value: { type, items: [] }, count: type === "%" ? count * 2 : count, end };
    }
    default:
      throw new Error(`A value of the protocol cannot start with ${JSON.stringify(type)}.`);
  }
}
