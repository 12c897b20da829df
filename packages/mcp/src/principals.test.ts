import { expect, test } from "vitest";
import { authenticate, parsePrincipals } from "./principals.ts";

const token = "0123456789abcdef";

test("names and tokens are read, with = inside of tokens", () => {
  expect(parsePrincipals(` alice=${token}==, bob=${token} ,`)).toEqual([
    { source: "alice", token: `${token}==` },
    { source: "bob", token },
  ]);
  expect(parsePrincipals("")).toEqual([]);
});

test.each(["alice", "alice=short", `=${token}`, `alice=${token},bob=${token}`])(
  "%s is refused without telling a token",
  (text) => {
    expect(() => parsePrincipals(text)).toThrow(
      expect.objectContaining({
        code: "INVALID_INPUT",
        message: expect.not.stringContaining(token),
      }),
    );
  },
);

test("a header stands for the principal with its token, or for nobody", () => {
  const principals = parsePrincipals(`alice=${token}1,bob=${token}2`);
  expect(authenticate(`Bearer ${token}2`, principals)?.source).toBe("bob");
  expect(authenticate(`bearer ${token}1`, principals)?.source).toBe("alice");
  for (const header of [undefined, "", "Bearer ", `Bearer ${token}`, `${token}1`])
    expect(authenticate(header, principals)).toBeUndefined();
});
