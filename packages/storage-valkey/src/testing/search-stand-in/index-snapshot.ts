import { bytesOf, itemsOf, type RespValue } from "../resp.ts";
import { type IndexDefinition, parseIndexDefinition } from "./index-definition.ts";
import { type IndexedHash, indexHash } from "./indexed-hash.ts";

// One script, so that the hashes are those of one moment. It writes nothing, but without a flag that says so
// the server refuses it when its memory is full, as it refuses the module's searches.
export const indexSnapshot = `#!lua
local definition = redis.call('HGET', KEYS[1], ARGV[1])
if not definition then return false end
local args = cjson.decode(definition)
local patterns = {'*'}
local first = 2
if string.upper(args[first]) == 'ON' then first = first + 2 end
if string.upper(args[first]) == 'PREFIX' then
  patterns = {}
  for i = 1, tonumber(args[first + 1]) do
    patterns[i] = string.gsub(args[first + 1 + i], '[%*%?%[%]%^\\\\]', '\\\\%0') .. '*'
  end
end
local hashes = {}
for _, pattern in ipairs(patterns) do
  for _, key in ipairs(redis.call('KEYS', pattern)) do
    if key ~= KEYS[1] and redis.call('TYPE', key).ok == 'hash' then
      hashes[#hashes + 1] = {key, redis.call('HGETALL', key)}
    end
  end
end
return {definition, hashes}`;

/** What the script answered; `undefined` where there is no such index. */
export function readSnapshot(
  reply: RespValue,
): { definition: IndexDefinition; hashes: IndexedHash[] } | undefined {
  if (reply.type === "_") return undefined;
  const [args, entries] = itemsOf(reply);
  const definition = parseIndexDefinition(JSON.parse(latin1(args)));
  const hashes = itemsOf(entries).flatMap((entry) => {
    const [key, content] = itemsOf(entry);
    return indexHash(definition, latin1(key), contentMap(itemsOf(content))) ?? [];
  });
  return { definition, hashes };
}

/** The fields of a hash, from names and values in turn. */
export function contentMap(flat: readonly RespValue[]): Map<string, Buffer> {
  const content = new Map<string, Buffer>();
  for (let i = 0; i < flat.length; i += 2) content.set(latin1(flat[i]), bytesOf(flat[i + 1]));
  return content;
}

function latin1(value: RespValue | undefined): string {
  return bytesOf(value).toString("latin1");
}
