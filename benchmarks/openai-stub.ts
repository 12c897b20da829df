import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { lexicalEmbedder } from "@unimem/core";

export interface SeenRequest {
  readonly path: string;
  /** Bytes of the body. */
  readonly bytes: number;
  readonly texts: readonly string[];
}

export interface OpenAIStub {
  readonly baseUrl: string;
  readonly requests: SeenRequest[];
  close(): void;
}

/**
 * Speaks as OpenAI does on a loopback port: embeds with the lexical embedder, files every memory after
 * `modelMs` milliseconds, and keeps what each request weighed.
 */
export async function openaiStub({ modelMs = 0 } = {}): Promise<OpenAIStub> {
  const embedder = lexicalEmbedder({ dimensions: 1536 });
  const requests: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    const body = JSON.parse(text);
    const path = request.url ?? "";
    let answer: unknown;
    if (path.endsWith("/embeddings")) {
      requests.push({ path, bytes: Buffer.byteLength(text), texts: body.input });
      const { vectors } = await embedder.embed(body.input);
      answer = {
        object: "list",
        model: body.model,
        data: vectors.map((vector, index) => ({
          object: "embedding",
          index,
          embedding: Buffer.from((vector as Float32Array).buffer).toString("base64"),
        })),
        usage: { prompt_tokens: text.length >> 2, total_tokens: text.length >> 2 },
      };
    } else {
      const question = JSON.parse(body.messages.at(-1).content) as Question;
      const texts = question.drafts.flatMap(({ content, similar = [] }) => [
        content,
        ...similar.map((each) => each.content),
      ]);
      requests.push({ path, bytes: Buffer.byteLength(text), texts });
      await new Promise((resolve) => setTimeout(resolve, modelMs));
      answer = completion(body.model, JSON.stringify(filed(question)), text.length >> 2);
    }
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Question {
  readonly drafts: readonly {
    draft: number;
    content: string;
    similar?: readonly { record: number; content: string }[];
  }[];
}

function filed({ drafts }: Question) {
  return {
    drafts: drafts.map(({ draft, content, similar = [] }) => ({
      draft,
      scope: `/topic/${content.split(" ").at(-1)?.replace(/\W/g, "").toLowerCase()}`,
      categories: ["fact"],
      importance: 0.5,
      metadata: { entities: [content.split(" ")[0]], dates: [], topics: [] },
      records: similar.map(({ record }) => ({ record, action: "keep", content: null })),
      insert: true,
    })),
  };
}

function completion(model: string, content: string, tokens: number) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, finish_reason: "stop" },
    ],
    usage: {
      prompt_tokens: tokens,
      completion_tokens: content.length >> 2,
      total_tokens: tokens + (content.length >> 2),
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
