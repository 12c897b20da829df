/** Scopes are places in a tree: what is asked of one place covers everything below it. */
import assert from "node:assert/strict";
import { isMemoryError, Memory, sanitizeScopeName } from "unimem";

const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });

// region tree
await memory.rememberMany([
  { content: "The shop opens at nine.", scope: "/shop" },
  { content: "Rye bread sells out by noon.", scope: "/shop/bakery" },
  { content: "The oven needs a new door.", scope: "/shop/bakery/repairs" },
  { content: "Shopping lists are kept on paper.", scope: "/shopping" },
]);

console.log(await memory.tree());
console.log(await memory.listScopes("/shop"));
console.log(await memory.info("/shop/bakery"));
// endregion tree

assert.equal(
  await memory.tree(),
  `/ (4 records)
  /shop (3 records)
    /shop/bakery (2 records)
      /shop/bakery/repairs (1 record)
  /shopping (1 record)`,
);
assert.equal(
  await memory.tree("/", { maxDepth: 1 }),
  "/ (4 records)\n  /shop (3 records)\n  /shopping (1 record)",
);
assert.deepEqual(await memory.listScopes("/shop"), ["/shop/bakery"]);

// region below
// "/shop" covers "/shop/bakery" and not "/shopping".
const inShop = await memory.recall("What is in the shop?", { scope: "/shop" });
console.log(inShop.map(({ record }) => record.scope));
// endregion below

assert.deepEqual(inShop.map(({ record }) => record.scope).sort(), [
  "/shop",
  "/shop/bakery",
  "/shop/bakery/repairs",
]);

// region names
const { scope } = await memory.remember("The van is in Ñuñoa.", { scope: "shop//vans/" });
console.log(scope); // "/shop/vans"

const team = sanitizeScopeName("R&D / Prototypes!");
console.log(team); // "r-d-prototypes"
await memory.remember("The prototype is blue.", { scope: `/teams/${team}` });

const refused = await memory.remember("No way out.", { scope: "/shop/../people" }).catch((e) => e);
console.log(refused.code, refused.message);
// endregion names

assert.equal(scope, "/shop/vans");
assert.equal(team, "r-d-prototypes");
assert.ok(isMemoryError(refused, "INVALID_INPUT"));

await memory.close();
