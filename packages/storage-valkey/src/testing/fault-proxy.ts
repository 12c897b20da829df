import type { Socket } from "node:net";
import { type Relay, startRelay } from "./relay.ts";
import { itemsOf, textOf } from "./resp.ts";
import { type RespFrame, respFrames } from "./resp-frames.ts";

/**
 * What happens to a command:
 * - `cut-before`: the connection ends and the server never sees it; what was sent before it is answered first.
 * - `cut-after`: the server has done it, and the connection ends in place of the answer.
 * - `half-reply`: as `cut-after`, but half of the answer arrives.
 * - `hold`: the answer, and all that follows on the connection, waits for `heal`.
 * - `black-hole`: from this command on nothing passes on any connection, and nobody is told, until `heal`.
 */
export type Fault = "cut-before" | "cut-after" | "half-reply" | "hold" | "black-hole";

export interface FaultProxy extends Relay, Faults {}

/** What is done to commands, over all connections that are joined through it. */
export interface Faults {
  /** The names of the commands since `arm`, or since the start; those with which a client begins count too. */
  readonly commands: readonly string[];
  /** Whether what was last armed has happened. */
  readonly hasStruck: boolean;
  /** The `at`-th command from now meets the fault, counted from 1 over all connections. It happens once. */
  arm(fault: Fault, at: number): void;
  /** Resets the connection that carries the `at`-th byte from now of all that the server says. */
  armReset(at: number): void;
  /** Nothing is armed any more and everything passes again. What a black hole swallowed stays lost. */
  heal(): void;
  /** Passes on what one connection says, and does to it what is armed. */
  join(client: Socket, upstream: Socket): void;
}

/** What these connections have in common. */
interface Plan {
  commands: string[];
  fault: { readonly kind: Fault; readonly at: number } | undefined;
  bytesBeforeReset: number;
  isDark: boolean;
  hasStruck: boolean;
}

interface Link {
  heal(): void;
}

/** Stands between clients and a server and does what networks do, to exactly the command that a test names. */
export async function startFaultProxy({ target }: { target: string }): Promise<FaultProxy> {
  const faults = connectionFaults();
  const relay = await startRelay(target, faults.join);
  return Object.assign(faults, relay);
}

/** For several relays whose connections are counted together. */
export function connectionFaults(): Faults {
  const plan: Plan = {
    commands: [],
    fault: undefined,
    bytesBeforeReset: Number.POSITIVE_INFINITY,
    isDark: false,
    hasStruck: false,
  };
  const links = new Set<Link>();
  return {
    join(client, upstream) {
      const link = joinThrough(plan, client, upstream);
      links.add(link);
      client.on("close", () => links.delete(link));
    },
    get commands() {
      return plan.commands;
    },
    get hasStruck() {
      return plan.hasStruck;
    },
    arm(kind, at) {
      Object.assign(plan, { commands: [], fault: { kind, at }, hasStruck: false });
    },
    armReset(at) {
      Object.assign(plan, { bytesBeforeReset: at - 1, hasStruck: false });
    },
    heal() {
      for (const link of links) link.heal();
      Object.assign(plan, {
        fault: undefined,
        bytesBeforeReset: Number.POSITIVE_INFINITY,
        isDark: false,
      });
    },
  };
}

function joinThrough(plan: Plan, client: Socket, upstream: Socket): Link {
  /** What awaits each answer that is still to come. */
  const fates: (Fault | undefined)[] = [];
  let isEnding = false;
  let isReset = false;
  let held: Buffer[] | undefined;

  function request({ value, raw }: RespFrame): void {
    if (plan.isDark || isEnding) return;
    plan.commands.push(textOf(itemsOf(value)[0]).toUpperCase());
    const isMeant = plan.commands.length === plan.fault?.at;
    const fate = isMeant ? plan.fault?.kind : undefined;
    if (isMeant) {
      plan.fault = undefined;
      plan.hasStruck = true;
    }
    if (fate === "black-hole") plan.isDark = true;
    else if (fate === "cut-before") isEnding = true;
    else {
      isEnding = fate === "cut-after" || fate === "half-reply";
      fates.push(fate);
      upstream.write(raw);
    }
    endIfDue();
  }

  function answer({ value, raw }: RespFrame): void {
    if (plan.isDark || isReset) return;
    // Push messages answer no command.
    const fate = value.type === ">" ? undefined : fates.shift();
    if (fate === "hold") held ??= [];
    if (fate === "half-reply") client.write(raw.subarray(0, Math.ceil(raw.length / 2)));
    else if (fate !== "cut-after") pass(raw);
    endIfDue();
  }

  function pass(raw: Buffer): void {
    if (held !== undefined) held.push(raw);
    else if (raw.length <= plan.bytesBeforeReset) {
      plan.bytesBeforeReset -= raw.length;
      client.write(raw);
    } else {
      client.write(raw.subarray(0, plan.bytesBeforeReset), () => client.resetAndDestroy());
      plan.bytesBeforeReset = Number.POSITIVE_INFINITY;
      plan.hasStruck = true;
      isReset = true;
    }
  }

  function endIfDue(): void {
    if (isEnding && fates.length === 0) client.destroySoon();
  }

  const requests = respFrames();
  client.on("data", (chunk) => requests(chunk).forEach(request));
  const answers = respFrames();
  upstream.on("data", (chunk) => answers(chunk).forEach(answer));

  return {
    heal() {
      if (plan.isDark) client.destroy();
      for (const [i, fate] of fates.entries()) if (fate === "hold") fates[i] = undefined;
      for (const raw of held?.splice(0) ?? []) client.write(raw);
      held = undefined;
    },
  };
}
