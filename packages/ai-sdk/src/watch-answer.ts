import type { wrapLanguageModel } from "ai";

/** The models that `wrapLanguageModel` makes; `ai` does not export their type by a name of its own. */
export type WrappedModel = ReturnType<typeof wrapLanguageModel>;
export type CallOptions = Parameters<WrappedModel["doGenerate"]>[0];
export type GenerateResult = Awaited<ReturnType<WrappedModel["doGenerate"]>>;
export type AnswerStream = Awaited<ReturnType<WrappedModel["doStream"]>>["stream"];
type AnswerPart = AnswerStream extends ReadableStream<infer Part> ? Part : never;
type FinishReason = GenerateResult["finishReason"]["unified"];

const unfinished: ReadonlySet<FinishReason> = new Set(["tool-calls", "error", "content-filter"]);

/** The text with which a turn ended; `undefined` where a step goes on with tools, or was refused. */
export function answerOf({ content, finishReason }: GenerateResult): string | undefined {
  if (unfinished.has(finishReason.unified)) return undefined;
  return content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
}

export interface WatchedAnswer {
  readonly stream: AnswerStream;
  /** Resolves once the answer has ended, well or badly. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * The same stream, and `onAnswer` with its text once it ends. It is read to its end at the model's pace: where a
 * reader merely stops reading, nobody tells the model, and the answer would never end. Where the reader cancels,
 * or `signal` is aborted, the answer is what there was until then. A stream that fails has none.
 */
export function watchAnswer(
  stream: AnswerStream,
  onAnswer: (answer: string) => void,
  signal: AbortSignal | undefined,
): WatchedAnswer {
  const reader = stream.getReader();
  const reads: ReturnType<typeof reader.read>[] = [];
  const answer = new StreamedAnswer();
  let cancelled = false;
  let told = false;

  const end = (text: string | undefined) => {
    if (told) return; // a stream that has ended may still be cancelled, while its reader lags behind
    told = true;
    if (text !== undefined) onAnswer(text);
  };

  async function readToEnd() {
    for (;;) {
      const read = reader.read();
      reads.push(read);
      const { done, value } = await read;
      if (cancelled) return;
      if (done) break;
      answer.add(value);
    }
    end(answer.whole());
  }
  // Who reads the stream gets the same error, in its place. Many models end an aborted stream with one.
  const ended = readToEnd().catch(() => end(signal?.aborted ? answer.soFar() : undefined));

  const watched = new ReadableStream<AnswerPart>(
    {
      async pull(controller) {
        // There is always one: `readToEnd` waits for each read before anybody else, and then makes the next.
        const { done, value } = await (reads.shift() as (typeof reads)[number]);
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        cancelled = true;
        end(answer.soFar());
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream: watched, ended };
}

/** The text of a stream, collected as it comes. */
class StreamedAnswer {
  #text = "";
  #ended = true;

  add(part: AnswerPart): void {
    if (part.type === "text-delta") this.#text += part.delta;
    if (part.type === "error") this.#ended = false;
    if (part.type === "finish" && unfinished.has(part.finishReason.unified)) this.#ended = false;
  }

  whole(): string | undefined {
    return this.#ended ? this.#text : undefined;
  }

  soFar(): string | undefined {
    return this.#text === "" ? undefined : this.whole();
  }
}
