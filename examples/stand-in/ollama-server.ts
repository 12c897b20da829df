import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { lexicalEmbedder } from "unimem";

/**
 * Stands in for Ollama on a loopback port, so that the example runs where there is none: embeds by words, and
 * files every memory under /home.
 */
export async function ollamaServer(): Promise<{ baseUrl: string; close(): void }> {
  const embedder = lexicalEmbedder({ dimensions: 768 }); // as wide as nomic-embed-text
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    const answer = request.url?.endsWith("/embeddings")
      ? {
          object: "list",
          model: body.model,
          data: (await embedder.embed([body.input].flat())).vectors.map((vector, index) => ({
            object: "embedding",
            index,
            embedding: Array.from(vector),
          })),
          usage: { prompt_tokens: 1, total_tokens: 1 },
        }
      : {
          id: "chatcmpl-1",
          object: "chat.completion",
          model: body.model,
          choices: [
            {
              index: 0,
              finish_reason: "stop",
              message: { role: "assistant", content: filed(body) },
            },
          ],
        };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function filed(body: { messages: { content: string }[] }): string {
  const { drafts } = JSON.parse(body.messages.at(-1)?.content ?? "{}") as {
    drafts: { draft: number }[];
  };
  return JSON.stringify({
    drafts: drafts.map(({ draft }) => ({
      draft,
      scope: "/home",
      categories: ["household"],
      importance: 0.5,
      metadata: { entities: [], dates: [], topics: [] },
    })),
  });
}
