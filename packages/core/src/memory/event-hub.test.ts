import { describe, expect, test } from "vitest";
import { unhandledDuring } from "../testing/unhandled-during.ts";
import { EventHub } from "./event-hub.ts";

const event = { operation: 1, drafts: 2 };

describe("EventHub", () => {
  test("tells every listener of an event at once, in the order in which they came", () => {
    const hub = new EventHub();
    const heard: unknown[] = [];
    hub.on("save.started", (event) => void heard.push(["first", event]));
    hub.on("save.started", (event) => void heard.push(["second", event]));
    hub.on("query.started", () => void heard.push("another event"));
    hub.emit("save.started", event);
    expect(heard).toEqual([
      ["first", event],
      ["second", event],
    ]);
  });

  test("does nothing where nobody listens", () => {
    new EventHub().emit("save.started", event);
  });

  test("stops when told to, for that one subscription", () => {
    const hub = new EventHub();
    let heard = 0;
    const listener = () => {
      heard++;
    };
    const stop = hub.on("save.started", listener);
    hub.on("save.started", listener);
    hub.emit("save.started", event);
    expect(heard).toBe(2);
    stop();
    stop();
    hub.emit("save.started", event);
    expect(heard).toBe(3);
  });

  test("is not harmed by a listener that throws, and others still hear", () => {
    const hub = new EventHub();
    const heard: string[] = [];
    hub.on("save.started", () => {
      throw new Error("mine");
    });
    hub.on("save.started", () => void heard.push("second"));
    hub.emit("save.started", event);
    expect(heard).toEqual(["second"]);
  });

  test("is not harmed by a listener whose promise, of whatever kind, rejects", async () => {
    const unhandled = await unhandledDuring(async () => {
      const hub = new EventHub();
      hub.on("save.started", async () => {
        throw new Error("mine");
      });
      hub.on("save.started", () => ({
        // biome-ignore lint/suspicious/noThenProperty: a promise of another library
        then: (_: unknown, reject?: (error: Error) => void) => reject?.(new Error("mine")),
      }));
      hub.emit("save.started", event);
    });
    expect(unhandled).toEqual([]);
  });

  test("lets listeners come and go while it tells them", () => {
    const hub = new EventHub();
    const heard: string[] = [];
    const stop = hub.on("save.started", () => {
      heard.push("once");
      stop();
      hub.on("save.started", () => void heard.push("newcomer"));
    });
    hub.on("save.started", () => void heard.push("always"));
    hub.emit("save.started", event);
    expect(heard).toEqual(["once", "always"]);
    hub.emit("save.started", event);
    expect(heard).toEqual(["once", "always", "always", "newcomer"]);
  });
});
