import type { Question } from "./statement.ts";

/** What a newcomer to the team of `meeting-notes.md` would ask, without knowing the words of the notes. */
export const meetingQuestions: readonly Question[] = [
  { text: "Which date has the launch been moved to?", expected: "7 April" },
  { text: "What caused the outage?", expected: "expired certificate" },
  { text: "Do we still keep each tour in one file?", expected: "drop the single SQLite file" },
  { text: "Who narrates the German tours after all?", expected: "Klangwerk after all" },
  {
    text: "What does a museum with one tour pay monthly from May on?",
    expected: "19 euros a month",
  },
  { text: "On which days does Lucía work?", expected: "Wednesdays off" },
  {
    text: "Can visitors keep downloading on iOS with the screen locked?",
    expected: "downloads on iOS go on",
  },
  { text: "Is any museum leaving, and why?", expected: "Clock Museum leaves" },
];
