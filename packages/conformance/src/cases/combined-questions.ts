import { parseScope } from "@unimem/core/storage";
import { sampleDay } from "../sample-record.ts";
import { type FilterQuestion, questionsAbout } from "./filter-question.ts";

const app = [parseScope("/app")];
const alice = { source: "alice" };
const priority = { priority: { eq: 1 } };

/** Pairs of conditions, and all of them. */
export const combinedQuestions: FilterQuestion[] = questionsAbout(
  "combined",
  "All conditions hold together: none is dropped because another is there.",
  {
    "scope and category": { scopes: app, categories: ["red"] },
    "scope and visibility": { scopes: app, visibleTo: alice },
    "scope and metadata": { scopes: app, metadata: { priority: { gte: 5 } } },
    "scope and time": { scopes: app, createdAfter: sampleDay(2), createdBefore: sampleDay(5) },
    "scope and state": { scopes: app, state: "any" },
    "scope and ids": { scopes: app, ids: ["corpus-24", "corpus-00", "corpus-26"] },
    "category and visibility": { categories: ["red"], visibleTo: "public" },
    "category and metadata": { categories: ["red"], metadata: priority },
    "category and time": { categories: ["red", "green"], createdBefore: sampleDay(2) },
    "category and state": { categories: ["red"], state: "superseded" },
    "category and asOf": { categories: ["red"], asOf: sampleDay(15) },
    "metadata and visibility": { metadata: priority, visibleTo: { source: "bob" } },
    "metadata and state": { metadata: priority, state: "any" },
    "metadata and time": { metadata: { priority: { ne: 1 } }, createdAfter: sampleDay(8) },
    "ids and visibility": { ids: ["corpus-28", "corpus-30", "corpus-00"], visibleTo: alice },
    "asOf and visibility": { asOf: sampleDay(25), visibleTo: alice },
    "time and state": { createdAfter: sampleDay(1), createdBefore: sampleDay(3), state: "any" },
    "supersededBy and visibility": {
      state: "any",
      supersededBy: ["it's", "corpus-00"],
      visibleTo: "public",
    },
    "aliveAt and scope": { aliveAt: sampleDay(20), scopes: app },
    "aliveAt and category": { aliveAt: sampleDay(20), categories: ["red"] },
    "aliveAt and metadata": { aliveAt: sampleDay(20), metadata: { priority: { gte: 5 } } },
    "aliveAt and visibility": { aliveAt: sampleDay(19), visibleTo: alice },
    "aliveAt and sources": { aliveAt: sampleDay(20), sources: ["bob"] },
    "aliveAt and supersededBy": {
      aliveAt: sampleDay(20),
      state: "any",
      supersededBy: ["corpus-01"],
    },
    "expiredAt and metadata": {
      expiredAt: sampleDay(20),
      state: "any",
      metadata: { priority: { gte: 5 } },
    },
    "expiredAt and sources": { expiredAt: sampleDay(20), sources: ["bob", "alice"] },
    "expiredAt and visibility": { expiredAt: sampleDay(20), visibleTo: "public" },
    "sources and scope": { sources: ["alice"], scopes: app },
    "sources and category": { sources: ["alice", "bob"], categories: ["red"] },
    "sources and metadata": { sources: ["bob", ""], metadata: { priority: { gte: 1 } } },
    "sources and state": { sources: ["alice"], state: "superseded" },
    "every condition at once, of what expires": {
      visibleTo: alice,
      scopes: [...app, parseScope("/apple")],
      ids: ["corpus-48", "corpus-43", "corpus-24"],
      sources: ["alice", "bob"],
      createdAfter: sampleDay(-5),
      createdBefore: sampleDay(50),
      asOf: sampleDay(40),
      aliveAt: sampleDay(20),
      expiredAt: new Date("9999-12-31T23:59:59.999Z"),
    },
    "every condition at once": {
      visibleTo: { source: "bob" },
      scopes: [...app, parseScope("/apple")],
      ids: ["corpus-28", "corpus-30", "corpus-39"],
      categories: ["red", "blue"],
      metadata: { priority: { exists: true, gte: 1, lt: 3 } },
      createdAfter: sampleDay(-5),
      createdBefore: sampleDay(50),
      asOf: sampleDay(40),
    },
    "every condition at once, with a state": {
      visibleTo: "public",
      scopes: app,
      ids: ["corpus-35", "corpus-28", "corpus-00"],
      categories: ["red"],
      metadata: { priority: { exists: false } },
      createdAfter: sampleDay(-5),
      createdBefore: sampleDay(50),
      supersededBy: ["corpus-00"],
      state: "superseded",
    },
  },
);
