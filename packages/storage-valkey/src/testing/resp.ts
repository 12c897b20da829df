/** A value of the protocol that Valkey speaks, versions 2 and 3, told apart by its first byte. */
export type RespValue = RespLine | RespBytes | RespItems | RespNull;

/** Status, error, integer, double, big number, boolean. */
export interface RespLine {
  readonly type: "+" | "-" | ":" | "," | "(" | "#";
  readonly text: string;
}

/** Bulk string, verbatim string, bulk error. */
export interface RespBytes {
  readonly type: "$" | "=" | "!";
  readonly bytes: Buffer;
}

/** Array, set, push message; and map, whose items are keys and values in turn. */
export interface RespItems {
  readonly type: "*" | "~" | ">" | "%";
  readonly items: readonly RespValue[];
}

export interface RespNull {
  readonly type: "_";
}

export const status = (text: string): RespLine => ({ type: "+", text });
export const failure = (text: string): RespLine => ({ type: "-", text });
export const integer = (value: number): RespLine => ({ type: ":", text: String(value) });
export const list = (items: readonly RespValue[]): RespItems => ({ type: "*", items });
export const bulk = (content: string | Buffer): RespBytes => ({
  type: "$",
  bytes: typeof content === "string" ? Buffer.from(content) : content,
});

/** The bytes of `value`. Version 2 has no null of its own. */
export function encodeResp(value: RespValue, version: 2 | 3 = 3): Buffer {
  if (value.type === "_") return Buffer.from(version === 3 ? "_\r\n" : "$-1\r\n");
  if ("text" in value) return Buffer.from(`${value.type}${value.text}\r\n`);
  if ("bytes" in value)
    return Buffer.concat([
      Buffer.from(`${value.type}${value.bytes.length}\r\n`),
      value.bytes,
      Buffer.from("\r\n"),
    ]);
  const count = value.type === "%" ? value.items.length / 2 : value.items.length;
  return Buffer.concat([
    Buffer.from(`${value.type}${count}\r\n`),
    ...value.items.map((item) => encodeResp(item, version)),
  ]);
}

/** A command as clients send it. */
export function encodeCommand(args: readonly (string | Buffer)[]): Buffer {
  return encodeResp(list(args.map(bulk)));
}

/** The bytes of a string of either kind. */
export function bytesOf(value: RespValue | undefined): Buffer {
  if (value !== undefined && "bytes" in value) return value.bytes;
  if (value !== undefined && "text" in value) return Buffer.from(value.text);
  throw new Error(`Expected a string, not ${value?.type ?? "nothing"}.`);
}

export function textOf(value: RespValue | undefined): string {
  return bytesOf(value).toString();
}

export function itemsOf(value: RespValue | undefined): readonly RespValue[] {
  if (value !== undefined && "items" in value) return value.items;
  throw new Error(`Expected a list, not ${value?.type ?? "nothing"}.`);
}

export function isFailure(value: RespValue): value is RespLine {
  return value.type === "-";
}
