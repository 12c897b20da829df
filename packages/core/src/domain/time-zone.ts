import { invalidInput } from "./memory-error.ts";

declare const dayBrand: unique symbol;

/** A day of the (proleptic Gregorian) calendar, `YYYY-MM-DD`, in nobody's time zone yet. Only {@link parseDay} makes one. */
export type CalendarDay = string & { readonly [dayBrand]: true };

const secondMs = 1000;
const dayMs = 24 * 60 * 60 * secondMs;
const year1000 = Date.UTC(1000, 0);
const furthest = 100_000_000 * dayMs; // from 1970, both ways; a Date holds no more

/** The name of a time zone that this machine knows, such as `"Europe/Berlin"`. */
export function parseTimeZone(value: unknown, field: string): string {
  try {
    if (typeof value === "string" && new Intl.DateTimeFormat("en", { timeZone: value }))
      return value;
  } catch {
    // Unknown to Intl: refused below.
  }
  throw invalidInput(
    field,
    `${field} must be the IANA name of a time zone, such as "Europe/Berlin".`,
  );
}

/** `undefined` for whatever is no day that exists, `"2026-02-30"` among it. */
export function parseDay(value: unknown): CalendarDay | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const midnight = new Date(`${value}T00:00:00.000Z`);
  if (Number.isNaN(+midnight) || midnight.toISOString().slice(0, 10) !== value) return undefined;
  return value as CalendarDay;
}

/** The day and the weekday that it is in a time zone at a moment. Right in the years 0 to 9999, and never throws. */
export function dayAt(date: Date, timeZone: string): { day: CalendarDay; weekday: string } {
  const instant = Math.max(dayMs - furthest, Math.min(+date, furthest - dayMs)); // a day to where it is local
  const local = new Date(instant + offsetAt(instant, timeZone));
  const weekday = local.toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
  return { day: local.toISOString().slice(0, 10) as CalendarDay, weekday };
}

/**
 * The first moment of a day in a time zone: midnight; the earlier of two midnights where clocks are turned
 * back over it; the first moment after the gap where they skip it.
 */
export function startOfDay(day: CalendarDay, timeZone: string): Date {
  return startAt(+new Date(`${day}T00:00:00.000Z`), timeZone);
}

/** The first moment that is past a day in a time zone. */
export function endOfDay(day: CalendarDay, timeZone: string): Date {
  return startAt(+new Date(`${day}T00:00:00.000Z`) + dayMs, timeZone);
}

/** `midnight` is that of the day as if it were in UTC; no zone is further than a day from it. */
function startAt(midnight: number, timeZone: string): Date {
  let early = midnight - dayMs;
  let late = midnight + dayMs;
  const before = offsetAt(early, timeZone);
  const after = offsetAt(late, timeZone);
  for (const offset of before > after ? [before, after] : [after, before])
    if (offsetAt(midnight - offset, timeZone) === offset) return new Date(midnight - offset);
  // No clock shows this midnight: the day begins where the clocks are moved, which is at a whole second.
  while (late - early > secondMs) {
    const middle = early + Math.floor((late - early) / 2 / secondMs) * secondMs;
    if (offsetAt(middle, timeZone) === before) early = middle;
    else late = middle;
  }
  return new Date(late);
}

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const known = Math.max(instant, year1000); // no zone has moved its clocks before, and Intl has no year 0
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }).formatToParts(known);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  const day = `+${part("year").padStart(6, "0")}-${part("month")}-${part("day")}`;
  const clock = `${part("hour")}:${part("minute")}:${part("second")}`;
  return +new Date(`${day}T${clock}Z`) - Math.floor(known / secondMs) * secondMs;
}
