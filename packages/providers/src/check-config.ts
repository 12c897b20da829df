import { invalidInput } from "@unimem/core";
import type { ConfigKey, ProviderConfig } from "./provider-config.ts";

// How other libraries spell what is meant; compared in lower case and without "_" and "-".
const otherSpellings: Readonly<Record<string, ConfigKey>> = {
  modelname: "model",
  modelid: "model",
  deployment: "model",
  deploymentid: "model",
  deploymentname: "model",
  key: "apiKey",
  token: "apiKey",
  url: "baseUrl",
  apibase: "baseUrl",
  apiurl: "baseUrl",
  endpoint: "baseUrl",
  host: "baseUrl",
  timeout: "timeoutMs",
  retries: "maxRetries",
  outputdimension: "dimensions",
  outputdimensionality: "dimensions",
  regionname: "region",
  awsregion: "region",
  awsaccesskeyid: "accessKeyId",
  awssecretaccesskey: "secretAccessKey",
  awssessiontoken: "sessionToken",
  projectid: "project",
  region: "location",
  embeddingcallable: "embed",
};

/** Refuses a key that the provider does not take, and tells the right spelling where that can be guessed. */
export function checkConfig(
  config: unknown,
  known: readonly ConfigKey[],
  role: string,
): asserts config is ProviderConfig {
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw invalidInput(
      role,
      `${role}.config must be an object such as { model, apiKey, baseUrl }.`,
    );
  for (const [key, value] of Object.entries(config)) {
    if (!known.includes(key as ConfigKey)) throw unknownKey(key, known, role);
    if (value !== undefined && !isValid(key as ConfigKey, value))
      throw invalidInput(role, `${role}.config.${key} must be ${kindOf(key as ConfigKey)}.`);
  }
}

function unknownKey(key: string, known: readonly ConfigKey[], role: string): Error {
  const plain = key.toLowerCase().replace(/[_-]/g, "");
  const other = Object.hasOwn(otherSpellings, plain) ? otherSpellings[plain] : undefined;
  const meant = known.find((each) => each.toLowerCase() === plain || each === other);
  const remedy = meant ? `It is called ${meant} here.` : `Known: ${known.join(", ")}.`;
  const named = JSON.stringify(key.slice(0, 40));
  return invalidInput(role, `${role}.config has the unknown key ${named}. ${remedy}`);
}

function kindOf(key: ConfigKey): string {
  switch (key) {
    case "timeoutMs":
    case "dimensions":
      return "a whole number above 0";
    case "maxRetries":
      return "a whole number, 0 or more";
    case "headers":
      return "an object of strings";
    case "structuredOutput":
      return '"schema", "object" or "none"';
    case "googleAuthOptions":
      return "an object";
    case "embed":
      return "a function from texts to vectors";
    case "baseUrl":
    case "tokenUrl":
      return httpAddress;
    default:
      return "a string that is not blank";
  }
}

function isValid(key: ConfigKey, value: unknown): boolean {
  switch (key) {
    case "timeoutMs":
    case "dimensions":
      return Number.isSafeInteger(value) && (value as number) > 0;
    case "maxRetries":
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case "headers":
      return isObject(value) && Object.values(value).every((each) => typeof each === "string");
    case "structuredOutput":
      return value === "schema" || value === "object" || value === "none";
    case "googleAuthOptions":
      return isObject(value);
    case "embed":
      return typeof value === "function";
    case "baseUrl":
    case "tokenUrl":
      return isHttpAddress(value);
    default:
      return typeof value === "string" && value.trim() !== "";
  }
}

export const httpAddress = "an address that begins with http:// or https://, and names no user";

/** `fetch` takes no other, and says so in a message that repeats a password. */
export function isHttpAddress(value: unknown): boolean {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return /^https?:$/.test(url?.protocol ?? "") && url?.username === "" && url.password === "";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
