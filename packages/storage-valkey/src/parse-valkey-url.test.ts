import { isMemoryError } from "@unimem/core/storage";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseValkeyUrl } from "./parse-valkey-url.ts";

const known = ["prefix", "search"];

describe("parseValkeyUrl", () => {
  test("reads every part of a URL", () => {
    const url = "valkeys://me:p%40ss@db.example.com:7000/3?prefix=mem&cluster=true&search=module";
    const { connection, parameters } = parseValkeyUrl(url, known);
    expect(connection).toEqual({
      addresses: [{ host: "db.example.com", port: 7000 }],
      credentials: { username: "me", password: "p@ss" },
      database: 3,
      cluster: true,
      tls: true,
    });
    expect([...parameters]).toEqual([
      ["prefix", "mem"],
      ["search", "module"],
    ]);
  });

  test("has a default for everything but the host", () => {
    for (const url of ["valkey://localhost", "redis://localhost/", " valkey://localhost/0 "])
      expect(parseValkeyUrl(url, known)).toEqual({
        connection: {
          addresses: [{ host: "localhost", port: 6379 }],
          database: 0,
          cluster: false,
          tls: false,
        },
        parameters: new Map(),
      });
  });

  test.each([
    ["valkey", false],
    ["redis", false],
    ["valkeys", true],
    ["rediss", true],
  ])("%s:// decides about TLS", (scheme, tls) => {
    expect(parseValkeyUrl(`${scheme}://host`, []).connection.tls).toBe(tls);
  });

  test("takes addresses of IPv6, passwords without a user, and hosts of any case", () => {
    expect(parseValkeyUrl("valkey://:secret@[::1]:7000", []).connection).toMatchObject({
      addresses: [{ host: "::1", port: 7000 }],
      credentials: { password: "secret" },
    });
  });

  test.each([
    ["no URL", "localhost:6379"],
    ["another scheme", "http://host"],
    ["no host", "valkey:///0"],
    ["no host after a user", "valkey://:hunter2@/0"],
    ["a port that is none", "valkey://:hunter2@host:99999"],
    ["port zero", "valkey://:hunter2@host:0"],
    ["several hosts", "valkey://:hunter2@a:1,b:2/0"],
    ["several hosts with one port", "valkey://:hunter2@a,b:2/0"],
    ["a host of blanks", "valkey://:hunter2@%20"],
    ["a host with a character of control", "valkey://:hunter2@%00host"],
    ["a host with an encoded slash", "valkey://:hunter2@host%2F0"],
    ["a path that is no number", "valkey://:hunter2@host/mem"],
    ["a path of several parts", "valkey://:hunter2@host/0/1"],
    ["a negative database", "valkey://:hunter2@host/-1"],
    ["a user without a password", "valkey://hunter2@host"],
    ["a percent that encodes nothing", "valkey://:hunter2%zz@host"],
    ["a percent that encodes no text", "valkey://:hunter2%ff@host"],
    ["a fragment", "valkey://:hunter2@host/0#hunter2"],
    ["an unknown parameter", "valkey://:hunter2@host?hunter2=1"],
    ["a parameter that is there twice", "valkey://:hunter2@host?prefix=a&prefix=b"],
    ["a cluster that is neither true nor false", "valkey://:hunter2@host?cluster=hunter2"],
  ])("refuses %s, and does not repeat it", (_, url) => {
    try {
      parseValkeyUrl(url, known);
      expect.unreachable();
    } catch (error) {
      expect(isMemoryError(error, "INVALID_INPUT")).toBe(true);
      expect(String(error)).not.toContain("hunter2");
    }
  });

  test("gives back what any URL was made from", () => {
    const secret = fc.string({ unit: "grapheme", minLength: 1 }).filter((s) => s.isWellFormed());
    fc.assert(
      fc.property(
        fc.option(secret, { nil: undefined }),
        secret,
        fc.domain(),
        fc.integer({ min: 1, max: 65_535 }),
        fc.nat(15),
        secret,
        (username, password, host, port, database, prefix) => {
          const user = encodeURIComponent(username ?? "");
          const url = `valkey://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?prefix=${encodeURIComponent(prefix)}`;
          const { connection, parameters } = parseValkeyUrl(url, known);
          expect(connection).toEqual({
            addresses: [{ host, port }],
            credentials: { ...(username !== undefined && { username }), password },
            database,
            cluster: false,
            tls: false,
          });
          expect(parameters.get("prefix")).toBe(prefix);
        },
      ),
    );
  });

  test("answers anything else with a connection or with INVALID_INPUT", () => {
    const scheme = fc.constantFrom("valkey://", "rediss://", "valkey:", "", "http://");
    const rest = fc.array(fc.oneof(fc.constantFrom(..."@:/?#[]%&=,. 0"), fc.string()));
    fc.assert(
      fc.property(scheme, rest, (start, parts) => {
        try {
          const { connection } = parseValkeyUrl(start + parts.join(""), known);
          expect(connection.addresses?.[0]?.host).not.toBe("");
        } catch (error) {
          expect(isMemoryError(error, "INVALID_INPUT")).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
