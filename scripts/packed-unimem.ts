import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Builds and packs every package as `pnpm publish` would; answers with the tarballs' paths by package name. */
export function packAll(folder: string): Record<string, string> {
  run("pnpm", ["exec", "turbo", "run", "build", "--output-logs=errors-only"], root);
  const tarballs: Record<string, string> = {};
  for (const manifest of globSync("packages/*/package.json", { cwd: root }).sort()) {
    const { name } = JSON.parse(readFileSync(join(root, manifest), "utf8")) as { name: string };
    const packed = JSON.parse(
      run("pnpm", ["pack", "--json", "--pack-destination", folder], join(root, dirname(manifest))),
    );
    const { filename } = (Array.isArray(packed) ? packed[0] : packed) as { filename: string };
    tarballs[name] = resolve(folder, filename);
  }
  return tarballs;
}

/** Installs unimem from its tarballs into a folder of its own, as a user would, and lends that folder. */
export async function withPackedUnimem<T>(use: (app: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "unimem-packed-"));
  try {
    const tarballs = packAll(folder);
    const dependencies = { unimem: `file:${tarballs.unimem}` };
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "app", private: true, type: "module", dependencies }),
    );
    // Until they are published, the packages that unimem depends on come from their tarballs too. The rest is
    // as in our own workspace.
    const overrides = Object.entries(tarballs).map(([name, path]) => `  "${name}": "file:${path}"`);
    const workspace = [
      "allowBuilds: { onnxruntime-node: false, protobufjs: false, sharp: false }",
      "overrides:",
      '  "@lancedb/lancedb>@huggingface/transformers": "-"',
      '  "@lancedb/lancedb>openai": "-"',
      ...overrides,
    ];
    writeFileSync(join(folder, "pnpm-workspace.yaml"), workspace.join("\n"));
    run("pnpm", ["install", "--prefer-offline", "--loglevel=warn"], folder);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(program: string, args: string[], cwd: string): string {
  return execFileSync(program, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
}
