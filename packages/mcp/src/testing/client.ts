import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { onTestFinished } from "vitest";

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  /** What the text holds as JSON, where it does. */
  readonly value: Record<string, unknown>;
}

/** The official client on a transport, closed with the test. */
export async function connectedClient(transport: Transport) {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return {
    client,
    async call(name: string, args: Record<string, unknown> = {}): Promise<ToolAnswer> {
      const { isError = false, content } = await client.callTool({ name, arguments: args });
      const [first] = content as { text: string }[];
      const text = first?.text ?? "";
      return { isError: isError === true, text, value: isError ? {} : JSON.parse(text) };
    },
  };
}
