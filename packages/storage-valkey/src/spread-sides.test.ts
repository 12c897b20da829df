import * as fc from "fast-check";
import { expect, test } from "vitest";
import { connectionSettings } from "./connection-options.ts";
import { parseValkeyUrl } from "./parse-valkey-url.ts";
import { RoundTrips } from "./round-trips.ts";
import { spreadKeys } from "./spread-keys.ts";
import { type SideState, SpreadSides } from "./spread-sides.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { type RawState, rawState } from "./testing/stored-state.ts";

const scopes = ["/", "/a", "/a/b", "/c"];

/** What one id goes through: revisions that follow one another, and in the end perhaps its removal. */
const history = fc.record({
  revisions: fc.array(
    fc.record({ scope: fc.constantFrom(...scopes), private: fc.boolean(), expires: fc.boolean() }),
    { minLength: 1, maxLength: 4 },
  ),
  isRemoved: fc.boolean(),
});

const histories = fc
  .array(history, { minLength: 1, maxLength: 3 })
  .map((each) => each.map((one, i) => statesOf(`id${i}`, one)));

function statesOf(
  id: string,
  {
    revisions,
    isRemoved,
  }: {
    revisions: { scope: string; private: boolean; expires: boolean }[];
    isRemoved: boolean;
  },
): SideState[] {
  const written = revisions.map(({ expires, ...fields }, i) => ({
    record: {
      ...sampleRecord(id, { ...fields, revision: i + 1, source: "alice" }),
      expiresAt: expires ? new Date(i) : null,
    },
  }));
  return isRemoved ? [...written, { id, removedAt: 5 }] : written;
}

describeWithServer("what lies beside the records of a spread store", (url) => {
  const { connection } = parseValkeyUrl(url, []);
  const trips = new RoundTrips(connectionSettings(connection), 0);

  async function settled(batches: readonly (readonly SideState[])[]): Promise<RawState> {
    const prefix = samplePrefix();
    const keys = spreadKeys(prefix);
    const sides = new SpreadSides(trips, keys, () => [keys.base, "10", "0"]);
    for (const batch of batches) await sides.settle(batch);
    return rawState(url, `{${prefix}}`);
  }

  test("is the same whatever arrives late, twice, or in another order", async () => {
    const late = histories.chain((all) => {
      const states = all.flat();
      return fc.record({
        last: fc.constant(all.map((each) => [each.at(-1) as SideState])),
        batches: fc
          .shuffledSubarray([...states, ...states], { minLength: 0 })
          // Each at least once, in any order, some twice.
          .chain((some) =>
            fc
              .shuffledSubarray(states, { minLength: states.length })
              .map((every) => [...some, ...every].map((state) => [state])),
          ),
      });
    });
    await fc.assert(
      fc.asyncProperty(late, async ({ last, batches }) => {
        expect(await settled(batches)).toEqual(await settled(last));
      }),
      { numRuns: process.env.UNIMEM_TESTS === "full" ? 1_000 : 60 },
    );
    await trips.close();
  });
});
