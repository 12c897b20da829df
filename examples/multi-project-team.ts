/** A team with several projects: one view for each, one over some of them, and paths that fit together. */
import assert from "node:assert/strict";
import { Memory, relativeScope } from "unimem";

const memory = new Memory({ storage: "memory", embedder: "lexical", llm: false });

// region projects
const team = memory.scope("/team/search");
const atlas = team.scope("/project/atlas");
const borealis = team.scope("/project/borealis");

await atlas.rememberMany([
  { content: "Atlas ships with Postgres.", categories: ["decision"] },
  { content: "The index is rebuilt every night.", scope: "/index" },
]);
await borealis.remember("Borealis drops Postgres for SQLite.", { categories: ["decision"] });

console.log(await team.tree());
// endregion projects

assert.equal(
  await team.tree(),
  `/ (3 records)
  /project (3 records)
    /project/atlas (2 records)
      /project/atlas/index (1 record)
    /project/borealis (1 record)`,
);
assert.equal(await atlas.count(), 2);

// region across
const decisions = team.slice({
  scopes: ["/project/atlas", "/project/borealis"],
  categories: ["decision"],
});
const matches = await decisions.recall("Which database did we take?");
console.log(matches.map(({ record }) => record.content));
console.log(await decisions.count()); // 2
console.log(await decisions.count("/", { categories: [] })); // 0: a call that names categories decides
// endregion across

assert.equal(matches.length, 2);
assert.equal(await decisions.count(), 2);
assert.equal(await decisions.count("/", { categories: [] }), 0);

// region paths
const [first = ""] = await atlas.listScopes(); // "/index": as this view sees it
console.log(await atlas.count(first)); // 1: a path from a view may be given back to it

const [record] = await atlas.listRecords({ scope: first });
console.log(record?.scope); // "/team/search/project/atlas/index": a record tells its full scope
console.log(atlas.path); // "/team/search/project/atlas"
if (record) console.log(relativeScope(atlas.path, record.scope)); // "/index"
// endregion paths

assert.equal(first, "/index");
assert.equal(await atlas.count(first), 1);
assert.equal(record?.scope, "/team/search/project/atlas/index");
assert.equal(relativeScope(atlas.path, record.scope), first);

// region overlap
const overlapping = team.slice({ scopes: ["/project/atlas", "/project/atlas/index"] });
console.log(await overlapping.count()); // 2: a record in two of the scopes counts once
// endregion overlap

assert.equal(await overlapping.count(), 2);

await atlas.reset();
assert.equal(await atlas.count(), 0);
assert.equal(await borealis.count(), 1);

await memory.close();
