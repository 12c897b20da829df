import type { MemoryRecord, VectorSpace } from "@unimem/core/storage";
import { chunks } from "./chunks.ts";
import { toMember } from "./encode-text.ts";
import { recordFromJson } from "./record-hash.ts";
import type { RoundTrips } from "./round-trips.ts";
import { settleArguments } from "./settle-arguments.ts";
import type { SpreadKeys } from "./spread-keys.ts";
import { beginRemovalScript, beginScript, settleSidesScript } from "./spread-side-scripts.ts";

/** What the sets have to say of one id: where its record belongs, or when it was removed. */
export type SideState =
  | { readonly record: MemoryRecord }
  | { readonly id: string; readonly removedAt: number };

/**
 * What a write is about to do to one id: put a record of this revision, remove it while it has this revision, or
 * remove it whatever it has.
 */
export type PlannedChange =
  | { readonly id: string; readonly put: number }
  | { readonly id: string; readonly remove: number | "any" };

const settledAtOnce = 500;

type ScriptStart = readonly [base: string, now: string, weekAgo: string];

/** What lies beside the records of a spread store, in one slot: changed after them, and told before. */
export class SpreadSides {
  readonly #trips: RoundTrips;
  readonly #keys: SpreadKeys;
  readonly #start: () => ScriptStart;

  constructor(trips: RoundTrips, keys: SpreadKeys, start: () => ScriptStart) {
    this.#trips = trips;
    this.#keys = keys;
    this.#start = start;
  }

  /** Notes a write under its name. Answers with the space of the store where it is not `space`. */
  async begin(
    name: string,
    changes: readonly PlannedChange[],
    space: VectorSpace | undefined,
  ): Promise<VectorSpace | undefined> {
    const [dimensions, embedder] = (await this.#run(
      space === undefined ? beginRemovalScript : beginScript,
      [
        String(space?.dimensions ?? 0),
        space?.embedder ?? "",
        space === undefined ? "0" : "1",
        name,
        JSON.stringify(changes),
      ],
    )) as string[];
    if (dimensions === undefined || embedder === undefined) return undefined;
    return { dimensions: Number(dimensions), embedder };
  }

  /**
   * Brings the sets to these states, all at once. `ends`: the name of the write that is done with it. `mends`: the
   * sets may have lost what they are thought to hold.
   */
  async settle(
    states: readonly SideState[],
    { ends = "", mends = false }: { readonly ends?: string; readonly mends?: boolean } = {},
  ): Promise<void> {
    if (states.length === 0 && ends === "") return;
    await this.#run(settleSidesScript, [ends, mends ? "1" : "0", ...states.flatMap(sideArguments)]);
  }

  /**
   * Settles the ids of every write that has begun and not ended, as their records are now. Its note goes where
   * nothing is left to do of it, and after the week for which removed ids are remembered: until then its writer may
   * still be at it. Answers how many notes stay.
   */
  async settleBegun(): Promise<number> {
    const [begun] = await this.#trips.batch((batch) => {
      batch.hgetall(this.#keys.begun);
    });
    const weekAgo = Number(this.#start()[2]);
    let left = 0;
    // In a batch GLIDE answers with `key` and `value`.
    for (const { key, value } of begun as unknown as { key: string; value: string }[]) {
      const space = value.indexOf(" ");
      const changes = JSON.parse(value.slice(space)) as PlannedChange[];
      let isDone = true;
      for (const some of chunks(changes, settledAtOnce)) {
        const states = await this.statesOf(some.map(({ id }) => id));
        await this.settle(states);
        const byId = new Map(states.map((state) => [idOf(state), state]));
        isDone &&= some.every((change) => isCarriedOut(change, byId.get(change.id)));
      }
      if (isDone || Number(value.slice(0, space)) < weekAgo) await this.settle([], { ends: key });
      else left++;
    }
    return left;
  }

  /** As the records themselves say; none for an id that was neither written nor removed. */
  async statesOf(ids: readonly string[]): Promise<SideState[]> {
    const hashes = (await this.#trips.batch((batch) => {
      for (const id of ids) batch.hmget(this.#keys.record(id), ["json", "gone"]);
    })) as (string | null)[][];
    return hashes.flatMap(([json, gone], i): SideState[] => {
      if (json != null) return [{ record: recordFromJson(json, null) }];
      return gone == null ? [] : [{ id: ids[i] as string, removedAt: Number(gone) }];
    });
  }

  #run(script: string, args: readonly string[]) {
    const start = this.#start();
    return this.#trips.script(script, this.#keys.ofScripts, () => [...start, ...args]);
  }
}

function idOf(state: SideState): string {
  return "record" in state ? state.record.id : state.id;
}

/** Whether the write that planned it, should it still be at it, would change nothing more. */
function isCarriedOut(change: PlannedChange, state: SideState | undefined): boolean {
  const revision = state !== undefined && "record" in state ? state.record.revision : undefined;
  const isRemoved = state !== undefined && revision === undefined;
  if ("put" in change) return isRemoved || (revision ?? -1) >= change.put;
  return change.remove === "any" ? isRemoved : revision !== change.remove;
}

function sideArguments(state: SideState): string[] {
  if ("record" in state) return settleArguments(state.record);
  return [toMember(state.id), "", String(state.removedAt), "", "", ""];
}
