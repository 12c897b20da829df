import { parseScope } from "@unimem/core/storage";
import { sampleDay } from "../sample-record.ts";
import { type FilterQuestion, questionsAbout } from "./filter-question.ts";

const app = [parseScope("/app")];
const alice = { source: "alice" };

/** Every condition alone and at its edges, but for metadata. */
export const singleQuestions: FilterQuestion[] = [
  ...questionsAbout(
    "visibility",
    "Private records are seen by their own source and by nobody else.",
    {
      "visibleTo all shows private records of every source, and of none": { visibleTo: "all" },
      "visibleTo public shows no private record": { visibleTo: "public" },
      "visibleTo one source shows public records and its own private ones": { visibleTo: alice },
      "a source is compared exactly: Alice is not alice": { visibleTo: { source: "Alice" } },
      "a source with a quote is a plain text": { visibleTo: { source: "o'brien" } },
      "a source that breaks out of quotes sees nothing private": {
        visibleTo: { source: "x' OR '1'='1" },
      },
      "the empty source is a source of its own, not nobody": { visibleTo: { source: "" } },
      "a source that owns nothing sees public records": { visibleTo: { source: "nobody" } },
      "private records without a source are seen by no source": { visibleTo: { source: "null" } },
    },
  ),
  ...questionsAbout(
    "state",
    "Recall answers with what holds now, and history with what held before.",
    {
      "without a state only current records match": {},
      "state current": { state: "current" },
      "state superseded": { state: "superseded" },
      "state any": { state: "any" },
      "supersededBy finds what one record replaced": { state: "any", supersededBy: ["corpus-01"] },
      "supersededBy takes several ids, and quotes in them": {
        state: "superseded",
        supersededBy: ["corpus-00", "it's", "nobody"],
      },
      "supersededBy without a state matches nothing, because replaced records are not current": {
        supersededBy: ["corpus-01"],
      },
      "asOf before everything matches nothing": { asOf: sampleDay(-1) },
      "asOf shows what was current then, although it was replaced later": { asOf: sampleDay(25) },
      "asOf excludes what was replaced at that very moment": { asOf: sampleDay(30) },
      "asOf includes what was updated at that very moment, to the millisecond": {
        asOf: sampleDay(35),
      },
      "asOf takes the place of state": { asOf: sampleDay(45), state: "superseded" },
      "asOf with supersededBy": { asOf: sampleDay(25), supersededBy: ["corpus-01"] },
    },
  ),
  ...questionsAbout("time", "Times are compared to the millisecond; `after` includes its bound.", {
    "createdAfter alone": { createdAfter: sampleDay(6) },
    "createdBefore alone": { createdBefore: sampleDay(6) },
    "createdAfter and createdBefore together": {
      createdAfter: sampleDay(3),
      createdBefore: sampleDay(6),
    },
    "createdAfter includes its bound and excludes the millisecond before": {
      createdAfter: sampleDay(35),
    },
    "createdBefore excludes its bound and includes the millisecond before": {
      createdBefore: sampleDay(35),
    },
    "an empty span of time matches nothing": {
      createdAfter: sampleDay(6),
      createdBefore: sampleDay(6),
    },
    "times long before and after everything": {
      createdAfter: new Date(-62_135_596_800_000),
      createdBefore: new Date("9999-12-31T23:59:59.999Z"),
    },
  }),
  ...questionsAbout(
    "expiry",
    "What has expired is in no answer from that millisecond on, and a sweep finds exactly that.",
    {
      "aliveAt excludes what expires at that very moment, and nothing that expires later": {
        aliveAt: sampleDay(20),
      },
      "aliveAt before everything expires excludes nothing": { aliveAt: new Date(-2) },
      "aliveAt long after everything shows what never expires": {
        aliveAt: new Date("9999-12-31T23:59:59.999Z"),
      },
      "aliveAt holds for superseded records": { aliveAt: sampleDay(20), state: "superseded" },
      "aliveAt holds in any state": { aliveAt: sampleDay(20), state: "any" },
      "aliveAt holds beside asOf, which does not bring back what has expired": {
        aliveAt: sampleDay(20),
        asOf: sampleDay(15),
      },
      "expiredAt includes what expires at that very moment, and nothing that expires later": {
        expiredAt: sampleDay(20),
      },
      "expiredAt long after everything excludes what never expires": {
        expiredAt: new Date("9999-12-31T23:59:59.999Z"),
      },
      "expiredAt before everything expires matches nothing": { expiredAt: new Date(-2) },
      "expiredAt holds for superseded records": { expiredAt: sampleDay(20), state: "superseded" },
      "expiredAt holds in any state": { expiredAt: sampleDay(20), state: "any" },
      "expiredAt holds beside asOf": { expiredAt: sampleDay(20), asOf: sampleDay(15) },
      "aliveAt and expiredAt together are a span of time": {
        aliveAt: new Date(sampleDay(20).getTime() - 1),
        expiredAt: sampleDay(20),
      },
      "aliveAt and expiredAt of one moment match nothing": {
        aliveAt: sampleDay(20),
        expiredAt: sampleDay(20),
      },
    },
  ),
  ...questionsAbout("sources", "What came from somebody is found, and is shown no more for it.", {
    "one source": { sources: ["alice"] },
    "any of two sources": { sources: ["alice", "bob"] },
    "an unknown source beside a known one": { sources: ["nobody", "bob"] },
    "sources are case-sensitive": { sources: ["Alice"] },
    "the empty source among sources is not the missing one": { sources: [""] },
    "a record without a source is of no source": { sources: ["null", "undefined"] },
    "a source with a quote among sources": { sources: ["o'brien"] },
    "a source among sources that breaks out of quotes": { sources: ["x') OR ('1'='1"] },
    "no sources at all match nothing": { sources: [] },
    "sources do not show private records to the public": {
      sources: ["alice"],
      visibleTo: "public",
    },
    "sources do not show one source the private records of another": {
      sources: ["alice", "bob"],
      visibleTo: alice,
    },
  }),
  ...questionsAbout("categories", "A category is matched whole and exactly, wherever it stands.", {
    "one category, in any place of the list": { categories: ["red"] },
    "any of two categories": { categories: ["green", "blue"] },
    "an unknown category": { categories: ["nothing"] },
    "an unknown category beside a known one": { categories: ["nothing", "green"] },
    "categories are case-sensitive": { categories: ["Red"] },
    "a category with a comma is one category": { categories: ["red,green"] },
    "the empty category is a category": { categories: [""] },
    "a category with a single quote": { categories: ["it's"] },
    "a category with double quotes": { categories: ['"red"'] },
    "wildcards in categories are plain characters": { categories: ["r%d", "r_d"] },
    "a category in NFC is not the one in NFD": { categories: ["é"] },
    "a category that breaks out of quotes matches nothing": { categories: ["x') OR (1=1"] },
    "no categories at all match nothing": { categories: [] },
  }),
  ...questionsAbout("ids and scopes", "What is asked for is found, and nothing beside it.", {
    "ids find their records": { ids: ["corpus-20", "corpus-01", "nobody"] },
    "ids of superseded records match only with a state that shows them": {
      ids: ["corpus-35", "corpus-00"],
    },
    "no ids at all match nothing": { ids: [] },
    "one scope": { scopes: app },
    "two scopes that overlap": { scopes: [parseScope("/app/x"), parseScope("/app")] },
    "an unknown scope": { scopes: [parseScope("/nowhere")] },
    "the root scope is no condition": { scopes: [parseScope("/")] },
    "no scopes at all match nothing": { scopes: [] },
  }),
];
