import type { ConformanceCase } from "./conformance-case.ts";
import { conformanceCases } from "./conformance-cases.ts";
import { storageModelName } from "./storage-model.ts";

/** How an adapter's author runs the suite. A test compares it with `in-memory.test.ts`, which runs. */
export const fiveLines = `\
import { testStorage } from "@unimem/conformance/vitest";
import { inMemoryStorage } from "@unimem/core/storage";

testStorage({
  name: "in-memory",
  create: async () => ({ handle: ({ runtime }) => inMemoryStorage({ runtime }) }),
});`;

/** The text of \`docs/storage-contract.md\`. */
export function storageContract(): string {
  return renderContract(conformanceCases);
}

export function renderContract(cases: readonly ConformanceCase[]): string {
  const topics = [...Map.groupBy(cases, ({ topic }) => topic)];
  return [
    introduction(cases.length),
    ...topics.map(([topic, own]) => renderTopic(topic, own)),
    "",
  ].join("\n\n");
}

function introduction(count: number): string {
  return `# The storage contract

<!-- Generated from packages/conformance/src/cases by "pnpm run docs". -->

A storage keeps records and finds them again. Core decides and scores; a storage only answers, and these are its
promises:

- What a filter excludes is in no answer, and \`limit\` is applied last. A condition that the backend cannot
  express is applied exactly by the adapter, or refused, never dropped. Core's \`matchesFilter\` is the definition.
- A record comes back as it was written: every character, number, type, and millisecond.
- A write that has resolved is seen by every later read, through every handle where access is shared.
- Of two writes of one id the higher revision stands; an equal one changes nothing. A removed id stays removed
  for at least a week, whatever is written, also where the removal arrives first.
- \`list\` answers newest first and then by id, \`nearest\` by cosine within 0.00001 of core's, \`matching\` by
  relevance.
- What has expired is in no answer to a question that says so (\`aliveAt\`); the storage needs no clock for it.
- Vectors of two embedders never meet in one store. Where a store can be taken to another embedder (\`reembed\`), it is
  in the old space or in the new one at every moment, and handles of the old one are told.
- Every rejection is a \`MemoryError\`.

The interface is \`StorageBackend\` of \`@unimem/core/storage\`; its comments say what each method does. \`HandleLife\`
beside it keeps the promises about opening, closing and failing, for a storage that runs all its work through it. Whether
an adapter keeps the promises is decided by one suite, \`@unimem/conformance\`. With vitest:

<!-- code: packages/conformance/src/in-memory.test.ts#five-lines -->
\`\`\`ts
${fiveLines}
\`\`\`

With \`node --test\` the import is \`@unimem/conformance/node-test\`. \`create\` makes a new, empty store for each case;
\`handle\` answers with an unopened storage on that store's data, which takes its time from \`runtime\`; \`dispose\`, if
there is one, deletes the store afterwards.

Below are all ${count} cases. One more test drives the storage at random (fast-check), "${storageModelName}":
it writes, touches, removes, reopens and reads, through core's \`checkedStorage\` and, where access is shared, through
two handles in turn. Where an answer differs it prints the shortest sequence that shows it, and its seed.

A case that *needs* something applies to storages whose \`supports\` or methods say so, and is skipped with that reason for
others. A case that a storage fails for a reason it cannot mend is listed with that reason, as
\`testStorage(fixture, { deviations: { "name of the case": "why" } })\`. Such a case must fail: once it passes, the run
fails until it is taken off the list.`;
}

function renderTopic(topic: string, cases: readonly ConformanceCase[]): string {
  const rows = cases.map(({ name, proves, needs = [] }, i) => {
    const repeats = i > 0 && cases[i - 1]?.proves === proves;
    const needed = needs.map((need) => need.name).join(", ");
    return `| ${plain(name)} | ${repeats ? "″" : plain(proves)} | ${needed} |`;
  });
  return [`## ${topic}`, "", "| case | what it proves | needs |", "|---|---|---|", ...rows].join(
    "\n",
  );
}

// Names hold characters that Markdown would read as its own.
function plain(text: string): string {
  return text
    .replace(/[|*_<\\]/g, "\\$&")
    .replace(/`([^`]*)`/g, (code) => code.replaceAll("\\", ""));
}
