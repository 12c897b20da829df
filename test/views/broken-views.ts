import type { ListOptions, MemoryRecord, MemoryScope } from "unimem";
import {
  makeView,
  type Open,
  onlyReads,
  type View,
  type ViewMaker,
  type ViewPlan,
} from "./view-plan.ts";

const reading = [
  "recall",
  "get",
  "history",
  "count",
  "listRecords",
  "listScopes",
  "listCategories",
  "info",
  "tree",
] as const;
const writing = ["remember", "rememberMany", "update", "forget", "reset"] as const;
type Verb = (typeof reading)[number] | (typeof writing)[number];
type Call = (...args: unknown[]) => unknown;

/** Where a verb takes who asks. */
const whoAt: Partial<Record<Verb, number>> = { listRecords: 0, forget: 0, update: 2 };

function withVerb(view: View, verb: string, call: Call): View {
  return new Proxy(view, {
    get(target, name) {
      if (name === verb) return call;
      const value = target[name as keyof View] as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function callOn(view: View, verb: Verb): Call {
  return (view as unknown as Record<Verb, Call>)[verb].bind(view);
}

/** The same view without scopes, so without anything that confines it. */
function unconfined(open: Open, plan: ViewPlan): MemoryScope {
  const whole = open({ readOnly: onlyReads(plan) });
  return plan.as ? whole.as(plan.as.source) : whole;
}

function forgetsRoot(verb: Verb): ViewMaker {
  return (open, plan) => withVerb(makeView(open, plan), verb, callOn(unconfined(open, plan), verb));
}

function forgetsPrincipal(verb: Verb): ViewMaker {
  return (open, plan) => {
    const view = makeView(open, plan);
    if (plan.as === undefined || !(verb in view)) return view;
    const call = callOn(makeView(open, { ...plan, as: undefined }), verb);
    if (verb === "reset" || verb === "remember" || verb === "rememberMany")
      return withVerb(view, verb, call);
    const at = whoAt[verb] ?? 1;
    return withVerb(view, verb, (...args) => {
      const given = [...args, ...Array<undefined>(Math.max(0, at + 1 - args.length))];
      given[at] = { ...(args[at] as object), includePrivate: true };
      return call(...given);
    });
  };
}

function forgetsToRefuse(verb: Verb): ViewMaker {
  return (open, plan) => {
    const slice = plan.slice && { ...plan.slice, readOnly: false };
    const writable = makeView(open, { ...plan, readOnly: undefined, slice });
    if (!(verb in writable)) return makeView(open, plan);
    return withVerb(makeView(open, plan), verb, callOn(writable, verb));
  };
}

/** Asks the whole store for as many as the limit says, and throws away what does not belong. */
function filtersAfterLimit(verb: "recall" | "listRecords"): ViewMaker {
  return (open, plan) => {
    const view = makeView(open, plan);
    const whole = unconfined(open, plan);
    return withVerb(view, verb, async (...args) => {
      const { scope, ...options } = args.at(-1) as ListOptions;
      const inside = await view.listRecords({ ...options, scope, limit: 10_000, offset: 0 });
      const belongs = ({ id }: MemoryRecord) => inside.some((record) => record.id === id);
      if (verb === "listRecords") return (await whole.listRecords(options)).filter(belongs);
      const matches = await whole.recall(String(args[0]), options);
      return matches.filter(({ record }) => belongs(record));
    });
  };
}

/** Asks scope by scope and puts the answers together. */
function asksTwice(verb: "count" | "recall" | "listCategories"): ViewMaker {
  return (open, plan) => {
    const view = makeView(open, plan);
    const { slice } = plan;
    if (slice === undefined) return view;
    const parts = slice.scopes.map((scope) =>
      makeView(open, { ...plan, slice: { ...slice, scopes: [scope] } }),
    );
    return withVerb(view, verb, async (...args) => {
      const answers = await Promise.all(parts.map((part) => callOn(part, verb)(...args)));
      if (verb === "recall") return answers.flat();
      if (verb === "count") return (answers as number[]).reduce((sum, count) => sum + count, 0);
      const all: Record<string, number> = {};
      for (const [name, count] of answers.flatMap((each) => Object.entries(each as object)))
        all[name] = (all[name] ?? 0) + count;
      return all;
    });
  };
}

const broken = <Known extends Verb>(
  what: string,
  verbs: readonly Known[],
  make: (verb: Known) => ViewMaker,
) => verbs.map((verb) => ({ name: `${verb} ${what}`, verb, make: make(verb) }));

/** Views with one defect each, in one verb. */
export const brokenViews: readonly { name: string; verb: Verb; make: ViewMaker }[] = [
  ...broken("forgets its root", [...reading, ...writing], forgetsRoot),
  ...broken("forgets its principal", [...reading, ...writing], forgetsPrincipal),
  ...broken("forgets that it only reads", writing, forgetsToRefuse),
  ...broken("filters after the limit", ["recall", "listRecords"], filtersAfterLimit),
  ...broken(
    "counts a record once for each scope of a slice",
    ["recall", "count", "listCategories"],
    asksTwice,
  ),
];
