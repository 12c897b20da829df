import { scriptStart } from "./script-start.ts";

/** Notes in the store's meta that a repair has begun. ARGV after the shared three: what tells it from others. */
export const beginRepairScript = `#!lua flags=allow-oom${scriptStart}
redis.call('HSET', KEYS[1], 'repairing', ARGV[4])
`;

/** Takes that note away, unless another repair has begun since. */
export const endRepairScript = `#!lua flags=allow-oom${scriptStart}
if redis.call('HGET', KEYS[1], 'repairing') == ARGV[4] then
  redis.call('HDEL', KEYS[1], 'repairing')
end
`;

/**
 * Drops sets and counts beside the records, to be filled anew. ARGV after the shared three: their keys. A count goes
 * with its set, so that whoever writes meanwhile finds both or neither.
 */
export const clearScript = `#!lua flags=allow-oom${scriptStart}
for i = 4, #ARGV do
  local kind, rest = string.sub(ARGV[i], #base + 1, #base + 2), string.sub(ARGV[i], #base + 3)
  if kind == 'z:' then
    redis.call('UNLINK', ARGV[i], base .. 'n:' .. rest)
  elseif kind ~= 'n:' or redis.call('EXISTS', base .. 'z:' .. rest) == 0 then
    redis.call('UNLINK', ARGV[i])
  end
end
`;

/**
 * Puts records into the sets where they belong. ARGV after the shared three: for each its id, revision, last
 * access, expiry or '', order, and side. Leaves alone what has changed since it was read. It also runs when memory is
 * full, because what was dropped before took as much.
 */
export const settleScript = `#!lua flags=allow-oom${scriptStart}
for i = 4, #ARGV, 6 do
  local id, revision, accessed, expiry, ts, side = unpack(ARGV, i, i + 5)
  local key = base .. 'r:' .. id
  if redis.call('HGET', key, 'rev') == revision then
    redis.call('HSET', key, 'side', side)
    place(true, id, side, ts)
    redis.call('ZADD', base .. 'la', 'NX', accessed, id)
    if expiry ~= '' then redis.call('ZADD', base .. 'exp', expiry, id) end
    for _, suffix in ipairs(suffixesToCome) do
      local isEmbedded = redis.call('HEXISTS', key, 'vec' .. suffix) + redis.call('HEXISTS', key, 'ptr' .. suffix)
      if isEmbedded == 0 then redis.call('ZADD', base .. 'todo:' .. suffix, 'NX', 0, id) end
    end
  end
end
carryOut()
`;

/** Forgets the times of records that are not there. ARGV after the shared three: ids. */
export const forgetTimesScript = `#!lua flags=allow-oom${scriptStart}
for i = 4, #ARGV do
  if redis.call('EXISTS', base .. 'r:' .. ARGV[i]) == 0 then
    redis.call('ZREM', base .. 'la', ARGV[i])
    redis.call('ZREM', base .. 'exp', ARGV[i])
    setPending(ARGV[i], false)
  end
end
`;

/** Drops vectors that no record names. ARGV after the shared three: id and name of the vector in turn. */
export const dropVectorsScript = `#!lua flags=allow-oom${scriptStart}
for i = 4, #ARGV, 2 do
  local isNamed = false
  local content = redis.call('HGETALL', base .. 'r:' .. ARGV[i])
  for at = 1, #content, 2 do
    if string.match(content[at], '^ptr%d*$') and content[at + 1] == ARGV[i + 1] then isNamed = true end
  end
  if not isNamed then dropVector(ARGV[i + 1]) end
end
`;
