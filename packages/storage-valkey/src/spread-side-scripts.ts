import { scriptStart } from "./script-start.ts";

/**
 * Notes that records are about to change, before they do. ARGV after the shared three: dimensions, embedder,
 * whether records are put ('1'), the name of the write, its changes as JSON. Answers with nothing where it was noted,
 * else with the dimensions and the embedder of records of another space, or of a store in another layout.
 */
export const beginScript = `#!lua${scriptStart}
local dimensions, embedder = ARGV[4], ARGV[5]
if ARGV[6] == '1' then
  local held = redis.call('HMGET', KEYS[1], 'dimensions', 'embedder', 'layout')
  if held[1] and held[3] ~= 'spread' then return {held[1], held[2]} end
  if held[1] ~= dimensions or held[2] ~= embedder then
    -- What others have begun may be records of their space that are in no set yet.
    if held[1] and redis.call('EXISTS', base .. 'la', base .. 'begun') > 0 then
      return {held[1], held[2]}
    end
    redis.call('HSET', KEYS[1], 'schema', 1, 'layout', 'spread', 'dimensions', dimensions, 'embedder', embedder)
  end
end
redis.call('HSET', base .. 'begun', ARGV[7], now .. ' ' .. ARGV[8])
return {}
`;

/** The same for removals alone. It also runs when memory is full, because what follows frees some. */
export const beginRemovalScript = beginScript.replace("#!lua", "#!lua flags=allow-oom");

/**
 * Brings what lies beside records to what they are. ARGV after the shared three: the name of the write that ends
 * with it or '', whether sets may have lost what \`placed\` says is in them ('1'), then for each record id,
 * revision, last access, expiry or '', order, and side; for a removed one '' as the revision and the time of the removal.
 * A revision describes one record and is placed once; so it may run twice, late, and in any order. It also runs
 * when memory is full, because the records are written already.
 */
export const settleSidesScript = `#!lua flags=allow-oom${scriptStart}
local placed, mends = base .. 'placed', ARGV[5] == '1'

local function forget(id)
  local known = redis.call('HGET', placed, id)
  if known then place(false, id, string.match(known, ' (.*)$')) end
  redis.call('HDEL', placed, id)
  redis.call('ZREM', base .. 'la', id)
  redis.call('ZREM', base .. 'exp', id)
end

redis.call('ZREMRANGEBYSCORE', base .. 'gone', '-inf', '(' .. weekAgo)
for i = 6, #ARGV, 6 do
  local id, revision, accessed, expiry, ts, side = unpack(ARGV, i, i + 5)
  if revision == '' then
    forget(id)
    redis.call('ZADD', base .. 'gone', 'GT', accessed, id)
  elseif not redis.call('ZSCORE', base .. 'gone', id) then
    local known = redis.call('HGET', placed, id)
    local knownRevision = known and tonumber(string.match(known, '^%d+'))
    local isNewer = not known or knownRevision < tonumber(revision)
    if isNewer and known then place(false, id, string.match(known, ' (.*)$')) end
    if isNewer or (mends and knownRevision == tonumber(revision)) then
      redis.call('HSET', placed, id, revision .. ' ' .. side)
      place(true, id, side, ts)
      if isNewer and known then
        redis.call('ZADD', base .. 'la', accessed, id)
      else
        redis.call('ZADD', base .. 'la', 'NX', accessed, id)
      end
      if expiry == '' then
        redis.call('ZREM', base .. 'exp', id)
      else
        redis.call('ZADD', base .. 'exp', expiry, id)
      end
    end
  end
end
carryOut()
if ARGV[4] ~= '' then redis.call('HDEL', base .. 'begun', ARGV[4]) end
`;

/** Takes ids of which there is no record out of everything beside the records. ARGV after the shared three: ids. */
export const forgetSidesScript = `#!lua flags=allow-oom${scriptStart}
for i = 4, #ARGV do
  local known = redis.call('HGET', base .. 'placed', ARGV[i])
  if known then place(false, ARGV[i], string.match(known, ' (.*)$')) end
  redis.call('HDEL', base .. 'placed', ARGV[i])
  redis.call('ZREM', base .. 'la', ARGV[i])
  redis.call('ZREM', base .. 'exp', ARGV[i])
end
carryOut()
`;
