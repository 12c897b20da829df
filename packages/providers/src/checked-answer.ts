import type { ModelRequest } from "@unimem/core";
import type { ZodError } from "zod";
import { parseAnswer } from "./parse-answer.ts";
import { failure } from "./provider-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/** The JSON that a model wrote, as asked for; else `MODEL_FAILED` with the kind of failure and nothing of the text. */
export function checkedAnswer(
  settings: ProviderSettings,
  { schema }: ModelRequest,
  { text, finish }: { readonly text: string; readonly finish: string | null | undefined },
): unknown {
  if (finish === "length")
    throw failure(settings, "was cut off before its answer was complete (truncated).");
  if (finish === "content_filter" || finish === "content-filter")
    throw failure(settings, "had its answer withheld by a content filter.");
  if (finish === "error") throw failure(settings, "broke its answer off with an error.");
  if (text.trim() === "") throw failure(settings, "answered with nothing (empty).");
  const answer = parseAnswer(text);
  if (answer === undefined) throw failure(settings, "answered with something else than JSON.");
  const { success, error } = schema.safeParse(answer.value);
  if (!success)
    throw failure(
      settings,
      "answered with JSON that does not fit the schema.",
      withoutValues(error),
    );
  return answer.value;
}

/** The instructions with the form of the answer in words, for servers that cannot be held to a schema. */
export async function withSchemaInWords({ instructions, schema }: ModelRequest): Promise<string> {
  const { z } = await import("zod"); // slow to load, and of no use to those who only embed
  const form = JSON.stringify(z.toJSONSchema(schema));
  return `${instructions}\n\nAnswer with one JSON object that fits this JSON schema, and with nothing else:\n${form}`;
}

// A ZodError may repeat what the model wrote; where it went wrong is enough.
function withoutValues(error: ZodError): Error {
  const places = error.issues.map(({ code, path }) => `${code} at ${path.join(".") || "its root"}`);
  return new Error(places.join("; "));
}
