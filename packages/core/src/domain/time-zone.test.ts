import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CalendarDay,
  dayAt,
  endOfDay,
  parseDay,
  parseTimeZone,
  startOfDay,
} from "./time-zone.ts";

const day = (text: string) => parseDay(text) as CalendarDay;

describe("parseDay", () => {
  test.each(["2026-01-31", "2024-02-29", "0001-01-01", "9999-12-31"])("knows %s", (text) => {
    expect(parseDay(text)).toBe(text);
  });
  test.each([
    ["2026-02-29"],
    ["2026-13-01"],
    ["2026-1-1"],
    ["26-01-01"],
    ["2026-01-01T00:00"],
    ["2026-01-01\n"],
    ["+02026-01-01"],
    ["yesterday"],
    [""],
    [null],
    [undefined],
    [20260101],
    [new Date(0)],
    [["2026-01-01"]],
  ])("refuses %j", (value) => {
    expect(parseDay(value)).toBeUndefined();
  });
});

describe("a day begins", () => {
  test.each([
    ["at midnight", "2026-01-15", "Europe/Berlin", "2026-01-14T23:00:00.000Z"],
    ["where zones have half hours", "2026-01-15", "Asia/Kolkata", "2026-01-14T18:30:00.000Z"],
    ["before clocks go forward", "2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z"],
    ["after clocks have gone forward", "2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00.000Z"],
    ["after clocks have gone back", "2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00.000Z"],
    [
      "at 1:00 where midnight is skipped",
      "2018-11-04",
      "America/Sao_Paulo",
      "2018-11-04T03:00:00.000Z",
    ],
    ["at the first of two midnights", "2021-11-07", "America/Havana", "2021-11-07T04:00:00.000Z"],
    [
      "at the first midnight, though the day before goes on after it",
      "2006-10-29",
      "America/St_Johns",
      "2006-10-29T02:30:00.000Z",
    ],
    [
      "at 0:30 where clocks skip from 23:30",
      "1919-03-31",
      "America/Toronto",
      "1919-03-31T04:30:00.000Z",
    ],
    [
      "with the next one where it is skipped itself",
      "2011-12-30",
      "Pacific/Apia",
      "2011-12-30T10:00:00.000Z",
    ],
    ["where zones were no whole minutes", "1926-05-11", "Europe/Riga", "1926-05-10T22:23:26.000Z"],
    ["in the year 1", "0001-01-01", "UTC", "0001-01-01T00:00:00.000Z"],
  ])("%s", (_, text, zone, start) => {
    expect(startOfDay(day(text), zone).toISOString()).toBe(start);
  });

  test("when the day before ends, in every zone on every day", () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf("timeZone"), "UTC");
    const days = fc.date({
      min: new Date("1900-01-01"),
      max: new Date("2100-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(zones, days, (zone, date) => {
        const today = day(date.toISOString().slice(0, 10));
        const start = startOfDay(today, zone);
        const local = dayAt(start, zone).day;
        const isSkipped = local > today;
        expect(isSkipped ? +endOfDay(today, zone) : local).toBe(isSkipped ? +start : today);
        expect(dayAt(new Date(+start - 1), zone).day < today).toBe(true);
        const tomorrow = day(new Date(+date + 24 * 60 * 60 * 1000).toISOString().slice(0, 10));
        expect(endOfDay(today, zone)).toEqual(startOfDay(tomorrow, zone));
      }),
      { numRuns: 500 },
    );
  });
});

test("the last day that can be named ends", () => {
  expect(endOfDay(day("9999-12-31"), "Asia/Tokyo").toISOString()).toBe("9999-12-31T15:00:00.000Z");
});

test("the same moment is another day elsewhere", () => {
  const at = new Date("2026-01-01T03:00:00.000Z");
  expect(dayAt(at, "America/New_York")).toEqual({ day: "2025-12-31", weekday: "Wednesday" });
  expect(dayAt(at, "Asia/Tokyo")).toEqual({ day: "2026-01-01", weekday: "Thursday" });
});

test.each([8.64e15, -8.64e15])(
  "the last moments that a Date can hold have a day anywhere: %d",
  (ms) => {
    for (const zone of ["Asia/Tokyo", "America/New_York", "UTC"])
      expect(dayAt(new Date(ms), zone).weekday).toMatch(/day$/);
  },
);

describe("parseTimeZone", () => {
  test.each(["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])("knows %s", (zone) => {
    expect(parseTimeZone(zone, "timeZone")).toBe(zone);
  });
  test.each([["Europe/Atlantis"], ["local"], [""], [null], [1], [{}]])("refuses %j", (zone) => {
    expect(() => parseTimeZone(zone, "timeZone")).toThrow(/timeZone must be the IANA name/);
  });
});
