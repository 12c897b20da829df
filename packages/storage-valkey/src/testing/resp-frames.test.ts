import fc from "fast-check";
import { expect, test } from "vitest";
import { bulk, encodeResp, list, type RespValue } from "./resp.ts";
import { respFrames } from "./resp-frames.ts";

const { value: values } = fc.letrec<{ value: RespValue; items: RespValue[] }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant<RespValue>({ type: "_" }),
    fc.record({
      type: fc.constantFrom("+", "-", ":", ",", "(", "#"),
      text: fc.string().filter((text) => !/[\r\n]/.test(text)),
    }),
    fc.record({
      type: fc.constantFrom("$", "=", "!"),
      bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
    fc.record({ type: fc.constantFrom("*", "~", ">"), items: tie("items") }),
    fc.record({
      type: fc.constant("%"),
      items: tie("items").map((items) => [...items, ...items]),
    }),
  ) as fc.Arbitrary<RespValue>,
  items: fc.array(tie("value"), { maxLength: 4 }),
}));

test("values come back from their bytes, however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(values, { maxLength: 5 }),
      fc.constantFrom(2, 3),
      fc.integer({ min: 1, max: 50 }),
      (sent, version, step) => {
        const bytes = Buffer.concat(sent.map((value) => encodeResp(value, version as 2 | 3)));
        const feed = respFrames();
        const frames = [];
        for (let at = 0; at < bytes.length; at += step)
          frames.push(...feed(bytes.subarray(at, at + step)));
        expect(frames.map(({ value }) => value)).toEqual(sent);
        expect(Buffer.concat(frames.map(({ raw }) => raw))).toEqual(bytes);
      },
    ),
  );
});

test("both nulls of version 2 are null", () => {
  const feed = respFrames();
  expect(feed(Buffer.from("$-1\r\n*-1\r\n")).map(({ value }) => value.type)).toEqual(["_", "_"]);
});

test("a list is not handed out before its last item is whole", () => {
  const feed = respFrames();
  const bytes = encodeResp(list([bulk("a"), list([bulk("b\r\nc")])]));
  expect(feed(bytes.subarray(0, -1))).toEqual([]);
  expect(feed(bytes.subarray(-1))).toHaveLength(1);
});
