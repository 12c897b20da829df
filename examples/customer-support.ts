/** One tenant, its customers, and an assistant that may be handed to untrusted code. */
import assert from "node:assert/strict";
import { inMemoryStorage, isMemoryError, Memory } from "unimem";

const storage = inMemoryStorage(); // the same for all tenants
const keyless = { storage, embedder: "lexical", llm: false } as const;

// region tenant
const memory = new Memory({ ...keyless, rootScope: "/tenant/acme" });
const limit = await memory.remember("The API allows 100 requests a minute.", { scope: "/docs" });
console.log(limit.scope); // "/tenant/acme/docs": nothing of this memory lies anywhere else
// endregion tenant

const other = new Memory({ ...keyless, rootScope: "/tenant/globex" });
await other.remember("Globex allows 5 requests a minute.", { scope: "/docs" });
assert.equal(limit.scope, "/tenant/acme/docs");
assert.equal(await memory.count(), 1);

// region principal
const ana = memory.as("customer:ana"); // take the name from the session, never from a text
const ben = memory.as("customer:ben");

await ana.remember("My card ends in 4242.", { scope: "/tickets", private: true });
await ana.remember("The export button is broken.", { scope: "/tickets" });

console.log((await ana.recall("card")).map(({ record }) => record.content)); // all three
console.log((await ben.recall("card")).map(({ record }) => record.content)); // not the card
// endregion principal

assert.equal((await ana.recall("card")).length, 3);
assert.equal((await ben.recall("card")).length, 2);
const [ticket] = await ana.listRecords({ scope: "/tickets", limit: 1 });
assert.equal(ticket?.source, "customer:ana");

// region refused
// No option makes somebody else of a bound view, nor of any view that is made from it.
const desk = ben.scope("/tickets");
const asAna = await desk.recall("card", { source: "customer:ana" }).catch((e) => e);
const asAll = await desk.count("/", { includePrivate: true }).catch((e) => e);
console.log(asAna.code, asAll.code); // INVALID_INPUT INVALID_INPUT

await desk.reset(); // all that ben sees of it: the private record of ana stays
console.log(await ana.count("/tickets")); // 1
// endregion refused

assert.ok(isMemoryError(asAna, "INVALID_INPUT") && isMemoryError(asAll, "INVALID_INPUT"));
assert.equal(await ana.count("/tickets"), 1);

// region read-only
const docs = memory.scope("/docs", { readOnly: true });
const refused = await docs.remember("The API allows everything.").catch((e) => e);
console.log(refused.code, docs.readOnly); // READ_ONLY true

const mirror = new Memory({ ...keyless, rootScope: "/tenant/acme", readOnly: true });
console.log(await mirror.count()); // 1
// endregion read-only

assert.ok(isMemoryError(refused, "READ_ONLY"));
assert.equal(await mirror.count(), 1);
await assert.rejects(mirror.reset(), { code: "READ_ONLY" });

await memory.reset(); // the tenant's own records, and nobody else's
assert.equal(await other.count(), 1);

await memory.close();
