export { type HttpOptions, type RunningHttpServer, serveHttp } from "./http-server.ts";
export { type Environment, memoryFromEnv } from "./memory-from-env.ts";
export { memoryServer } from "./memory-server.ts";
export { authenticate, type Principal, parsePrincipals } from "./principals.ts";
export type { WritingOptions } from "./writing-tools.ts";
