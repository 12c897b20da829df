import type { AgentInputItem, Session } from "@openai/agents-core";
import {
  invalidInput,
  type MemoryRecord,
  type MemoryScope,
  type Runtime,
  systemRuntime,
} from "@unimem/core";
import { itemJson } from "./item-json.ts";
import { itemText } from "./item-text.ts";

export interface MemorySessionOptions {
  /** Two sessions with one id are one session. Its items lie in the scope `/sessions/<id>` of the memory. */
  readonly sessionId: string;
  /**
   * Makes the items private, so that a recall finds them only on behalf of the memory's source. The memory
   * must be bound to one: `memory.as(source)`. @default false
   */
  readonly private?: boolean | undefined;
  /** The clock that dates items; for tests. @default the machine's */
  readonly runtime?: Runtime | undefined;
}

/**
 * A `Session` for the OpenAI Agents SDK whose items are records of `memory`, one each, in the order in which
 * they came. Throws `INVALID_INPUT` for an id that cannot name a scope; all methods reject with a `MemoryError`.
 */
export function memorySession(memory: MemoryScope, options: MemorySessionOptions): Session {
  return new MemorySession(memory, options);
}

const isItem = { $item: { exists: true } };
const pageSize = 10_000;
// A model is asked whether to merge what is alike, but what has an end is compared with nothing and, where ends
// differ, repeats nothing. Items must stay as they are, so each gets an end of its own that nobody will see.
const farAway = Date.UTC(9000, 0);

class MemorySession implements Session {
  readonly #memory: MemoryScope;
  readonly #sessionId: string;
  readonly #scope: string;
  readonly #private: boolean;
  readonly #runtime: Runtime;
  /** Done when everything that was asked so far is: one after the other, or their order would be chance. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    memory: MemoryScope,
    { sessionId, private: isPrivate = false, runtime = systemRuntime }: MemorySessionOptions,
  ) {
    this.#memory = memory;
    this.#sessionId = sessionId;
    this.#scope = `/sessions/${segmentOf(sessionId)}`;
    this.#private = isPrivate;
    this.#runtime = runtime;
  }

  async getSessionId(): Promise<string> {
    return this.#sessionId;
  }

  /** All items, or the newest `limit`, the oldest first. */
  getItems(limit = Number.POSITIVE_INFINITY): Promise<AgentInputItem[]> {
    return this.#inTurn(async () => {
      const records = await this.#newest(limit);
      return records.toReversed().map(itemOf);
    });
  }

  /** Stores all items with one call of the embedder; no model is asked. */
  async addItems(items: AgentInputItem[]): Promise<void> {
    const drafts = items.map((item) => ({ $item: itemJson(item), content: itemText(item) }));
    await this.#inTurn(() => this.#add(drafts));
  }

  popItem(): Promise<AgentInputItem | undefined> {
    return this.#inTurn(async () => {
      for (;;) {
        const [record] = await this.#newest(1);
        if (record === undefined) return undefined;
        if ((await this.#memory.forget({ ids: [record.id] })) === 1) return itemOf(record);
      }
    });
  }

  async clearSession(): Promise<void> {
    await this.#inTurn(() => this.#memory.forget({ scope: this.#scope, metadata: isItem }));
  }

  async #add(drafts: readonly { readonly content: string; readonly $item: string }[]) {
    if (drafts.length === 0) return;
    const [last] = await this.#newest(1);
    // Each item has a moment of its own, later than all before it: this is what keeps them in order.
    const start = Math.max(+this.#runtime.now(), last ? +last.createdAt + 1 : 0);
    await this.#memory.rememberMany(
      drafts.map(({ content, $item }, i) => ({
        content,
        metadata: { $item },
        createdAt: new Date(start + i),
        expiresAt: new Date(farAway + i),
      })),
      { scope: this.#scope, categories: [], importance: 0.5, private: this.#private },
    );
  }

  async #newest(count: number): Promise<MemoryRecord[]> {
    const records = new Map<string, MemoryRecord>(); // by id: what others add meanwhile moves the pages
    for (let offset = 0; offset < count; offset += pageSize) {
      const limit = Math.min(pageSize, count - offset);
      const selection = { scope: this.#scope, metadata: isItem, limit, offset };
      const page = await this.#memory.listRecords(selection);
      for (const record of page) records.set(record.id, record);
      if (page.length < limit) break;
    }
    return [...records.values()];
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

function itemOf({ metadata }: MemoryRecord): AgentInputItem {
  return JSON.parse(metadata.$item as string) as AgentInputItem;
}

function segmentOf(sessionId: unknown): string {
  if (typeof sessionId !== "string" || !sessionId.isWellFormed() || /^\.{0,2}$/.test(sessionId))
    throw invalidInput("sessionId", 'sessionId must be a text that is not "", "." or "..".');
  return encodeURIComponent(sessionId);
}
