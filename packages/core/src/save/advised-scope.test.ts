import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { covers, maxScopeLength, parseScope, rootScope, type Scope } from "../domain/scope.ts";
import { advisedScope } from "./advised-scope.ts";

const inUse = ["/Projekt Grün/Notizen", "/project-x", "/v1.0"].map((path) => parseScope(path));
const at = (answer: unknown, root: Scope = rootScope) => advisedScope(answer, root, inUse);

describe("advisedScope", () => {
  test("is always a scope inside of the root, whatever the answer", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("/", ".", "..", " .. ", "．．", "\u0000", "\ud800", "İ", "\u0338", "ﷺ"),
      fc.constantFrom("Projekt Grün", "Notizen", "project-x", "a".repeat(200)),
    );
    const path = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("/"));
    const root = fc.constantFrom("/", "/team", `/${"r".repeat(400)}`, `/${"r".repeat(511)}`);
    fc.assert(
      fc.property(fc.oneof(path, fc.anything()), root, (answer, root) => {
        const parsed = parseScope(root);
        const scope = at(answer, parsed);
        if (scope === undefined) return;
        expect(parseScope(scope)).toBe(scope);
        expect(covers(parsed, scope)).toBe(true);
        expect(scope.length).toBeLessThanOrEqual(maxScopeLength);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ["/project/atlas", "/project/atlas"],
    ["project//Atlas!/", "/project/atlas"],
    ["/Project X!", "/project-x"],
    ["/project-x", "/project-x"],
    ["/", "/"],
    ["", "/"],
    ["  ", "/"],
    ["/!?", "/unknown"],
  ])("takes %j for %s", (answer, scope) => {
    expect(at(answer)).toBe(scope);
  });

  test("keeps the names of places in use, also of what lies above them", () => {
    expect(at("/Projekt Grün/Notizen")).toBe("/Projekt Grün/Notizen");
    expect(at("/Projekt Gru\u0308n/Neues Thema")).toBe("/Projekt Grün/neues-thema");
    expect(at("/v1.0/Notes")).toBe("/v1.0/notes");
    expect(at("/Notizen")).toBe("/notizen");
  });

  test("places everything below the root, also what looks like a path from elsewhere", () => {
    const root = parseScope("/team");
    expect(at("/", root)).toBe("/team");
    expect(at("/team/x", root)).toBe("/team/team/x");
    expect(at("/project-x", root)).toBe("/team/project-x");
  });

  test.each<[unknown]>([
    ["/.."],
    [".."],
    ["a/../b"],
    ["/ .. /b"],
    ["./b"],
    ["/a/\t..\n"],
    ["/a".repeat(9)],
    [`/${"a".repeat(600)}`],
    [null],
    [7],
    [["/a"]],
    [{ toString: () => "/a" }],
  ])("takes %j for no place", (answer) => {
    expect(at(answer)).toBeUndefined();
  });

  test("takes none that would be too long below its root", () => {
    const root = parseScope(`/${"r".repeat(508)}`);
    expect(at("/ab", root)).toBe(`${root}/ab`);
    expect(at("/abc", root)).toBeUndefined();
  });
});
