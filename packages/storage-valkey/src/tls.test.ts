import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { startValkeyServer, type ValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";

function canMakeCertificates(): boolean {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A certificate for the loopback and the authority that signed it, in a folder. */
function makeCertificates(directory: string): void {
  const openssl = (...args: string[]) =>
    execFileSync("openssl", args, { cwd: directory, stdio: "ignore" });
  const key = (name: string) => ["-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`];
  openssl("req", "-x509", ...key("ca"), "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA");
  openssl(
    "req",
    "-x509",
    ...key("server"),
    ...["-out", "server.pem", "-days", "2", "-subj", "/CN=127.0.0.1"],
    ...["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
  );
}

describe.skipIf(!canMakeCertificates())("over TLS", () => {
  describeWithOwnServers("a storage", () => {
    const directory = mkdtempSync(join(tmpdir(), "unimem-tls-"));
    let server: ValkeyServer;
    let url: string;
    beforeAll(async () => {
      makeCertificates(directory);
      const file = (name: string) => join(directory, name);
      const files = ["--tls-cert-file", file("server.pem"), "--tls-key-file", file("server.key")];
      server = await startValkeyServer({
        appendonly: false,
        secondPort: "--tls-port",
        args: [...files, "--tls-ca-cert-file", file("ca.pem"), "--tls-auth-clients", "no"],
      });
      url = `valkeys://127.0.0.1:${server.secondPort}`;
    });
    afterAll(async () => {
      await server.stop();
      rmSync(directory, { recursive: true });
    });

    test("trusts the authority that it is given", async () => {
      const ca = readFileSync(join(directory, "ca.pem"));
      const storage = valkeyStorage({ url, tls: { ca } });
      onTestFinished(() => storage.close());
      await storage.open(sampleSpace);
      await storage.write({ put: [sampleRecord("a")], remove: [] });
      expect(await storage.count(everything)).toBe(1);
    });

    test("trusts nobody else", async () => {
      const storage = valkeyStorage({ url, retries: 0, connectTimeoutMs: 500 });
      onTestFinished(() => storage.close());
      await expect(storage.open(sampleSpace)).rejects.toMatchObject({
        code: "STORAGE_UNAVAILABLE",
      });
    });

    test("asks for no trust where it is told not to", async () => {
      const storage = valkeyStorage({ url, tls: { insecure: true } });
      onTestFinished(() => storage.close());
      expect(await storage.open(sampleSpace)).toBeDefined();
    });
  });
});
