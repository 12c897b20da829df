/**
 * What both scripts share. Scripts name keys that depend on what they read; in a cluster all of them lie in the
 * slot of KEYS[1]. An id is moved out of and into the sets beside its record by what the record itself notes in
 * `side`, so that what was put somewhere is always found again. A count changes only when an id came or went, so
 * that doing it twice changes nothing.
 */
const shared = `
local base, now, weekAgo = ARGV[1], ARGV[2], ARGV[3]

local function move(key, add, id, score)
  if add then return redis.call('ZADD', key, score, id) end
  return -redis.call('ZREM', key, id)
end

local function place(add, id, side)
  for _, view in ipairs(side.views) do
    for _, anc in ipairs(side.ancs) do
      local change = move(base .. 'z:' .. view .. ':' .. anc, add, id, side.ts)
      if change ~= 0 then
        local counts = base .. 'n:' .. view .. ':' .. anc
        for _, cat in ipairs(side.cats) do
          if redis.call('HINCRBY', counts, cat[1], change) <= 0 then
            redis.call('HDEL', counts, cat[1])
          end
        end
      end
    end
    for _, cat in ipairs(side.cats) do
      move(base .. 'k:' .. view .. ':' .. cat[2], add, id, side.ts)
    end
    local within = base .. 'e:' .. view .. ':' .. side.ancs[#side.ancs]
    move(within, add, id, side.ts)
    if add then
      redis.call('ZADD', base .. 's:' .. view, 0, side.scope)
    elseif redis.call('EXISTS', within) == 0 then
      redis.call('ZREM', base .. 's:' .. view, side.scope)
    end
  end
  if side.by ~= '' then move(base .. 'h:' .. side.by, add, id, side.ts) end
end

local function dropVector(ptr)
  if ptr and ptr ~= '' then redis.call('UNLINK', base .. 'v:' .. ptr) end
end

local function discard(id)
  local key = base .. 'r:' .. id
  local known = redis.call('HMGET', key, 'side', 'ptr')
  if known[1] then place(false, id, cjson.decode(known[1])) end
  dropVector(known[2])
  redis.call('UNLINK', key)
  redis.call('ZREM', base .. 'la', id)
  redis.call('ZREM', base .. 'exp', id)
end

local function bury(id)
  redis.call('ZADD', base .. 'gone', now, id)
end
`;

/**
 * One batch, as a whole: records in by revision, ids out. ARGV after the shared three: dimensions, embedder, the
 * number of removals, their ids; then for each record id, revision, last access, expiry or '', side, the name of
 * a vector that lies in a key of its own or '', the number of arguments that follow, and the hash's fields and
 * values. Answers with nothing where it was written. Else nothing was, and it answers with the dimensions and the
 * embedder of records of another space, or with 'again' where a vector's key is gone.
 */
export const writeScript = `#!lua${shared}
local dimensions, embedder, removals = ARGV[4], ARGV[5], tonumber(ARGV[6])
local first = 7 + removals
local at = first
while at <= #ARGV do
  local ptr = ARGV[at + 5]
  if ptr ~= '' and redis.call('EXISTS', base .. 'v:' .. ptr) == 0 then return {'again'} end
  at = at + 7 + tonumber(ARGV[at + 6])
end
if first <= #ARGV then
  local held = redis.call('HMGET', KEYS[1], 'dimensions', 'embedder')
  if held[1] ~= dimensions or held[2] ~= embedder then
    if held[1] and redis.call('EXISTS', base .. 'la') == 1 then return {held[1], held[2]} end
    redis.call('HSET', KEYS[1], 'schema', 1, 'dimensions', dimensions, 'embedder', embedder)
  end
end

redis.call('ZREMRANGEBYSCORE', base .. 'gone', '-inf', '(' .. weekAgo)
for i = 7, 6 + removals do
  discard(ARGV[i])
  bury(ARGV[i])
end

at = first
while at <= #ARGV do
  local id, revision, accessed, expiry, side, ptr, count = unpack(ARGV, at, at + 6)
  local fields = at + 7
  at = fields + tonumber(count)
  local key = base .. 'r:' .. id
  local known = redis.call('HMGET', key, 'rev', 'side', 'ptr')
  local isNewer = not known[1] or tonumber(known[1]) < tonumber(revision)
  if isNewer and not redis.call('ZSCORE', base .. 'gone', id) then
    if known[2] then place(false, id, cjson.decode(known[2])) end
    if known[3] ~= ptr then
      dropVector(known[3])
      -- It moves from the record into a key of its own, or back: no field of the former may stay.
      if known[1] and (known[3] == '' or ptr == '') then redis.call('DEL', key) end
    end
    redis.call('HSET', key, 'rev', revision, 'side', side, 'ptr', ptr, unpack(ARGV, fields, at - 1))
    place(true, id, cjson.decode(side))
    redis.call('ZADD', base .. 'la', accessed, id)
    if expiry == '' then
      redis.call('ZREM', base .. 'exp', id)
    else
      redis.call('ZADD', base .. 'exp', expiry, id)
    end
  elseif known[3] ~= ptr then
    dropVector(ptr)
  end
end
return {}
`;

/** The same for removals alone. It also runs when memory is full, because it frees some. */
export const forgetScript = writeScript.replace("#!lua", "#!lua flags=allow-oom");

/**
 * Removes records whose revision is still the one that a filter was tried on. ARGV after the shared three:
 * whether this is a repetition ('1'), then id and revision in turn. Answers for each: 1 removed, 0 was not
 * there, -1 has changed meanwhile. Runs when memory is full, too.
 */
export const removeScript = `#!lua flags=allow-oom${shared}
local answers = {}
for i = 5, #ARGV, 2 do
  local id = ARGV[i]
  local revision = redis.call('HGET', base .. 'r:' .. id, 'rev')
  local answer = 1
  if not revision then
    -- The first try may have removed it, before its answer was lost.
    local buried = redis.call('ZSCORE', base .. 'gone', id)
    if ARGV[4] ~= '1' or not buried or tonumber(buried) ~= tonumber(now) then answer = 0 end
  elseif revision ~= ARGV[i + 1] then
    answer = -1
  else
    discard(id)
    bury(id)
  end
  answers[#answers + 1] = answer
end
return answers
`;

/**
 * Drops sets and counts beside the records, to be filled anew. ARGV after the shared three: their keys. A count goes
 * with its set, so that whoever writes meanwhile finds both or neither.
 */
export const clearScript = `#!lua flags=allow-oom${shared}
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
 * access, expiry or '', and side. Leaves alone what has changed since it was read.
 */
export const settleScript = `#!lua${shared}
for i = 4, #ARGV, 5 do
  local id, revision, accessed, expiry, side = unpack(ARGV, i, i + 4)
  local key = base .. 'r:' .. id
  if redis.call('HGET', key, 'rev') == revision then
    redis.call('HSET', key, 'side', side)
    place(true, id, cjson.decode(side))
    redis.call('ZADD', base .. 'la', 'NX', accessed, id)
    if expiry ~= '' then redis.call('ZADD', base .. 'exp', expiry, id) end
  end
end
`;

/** Forgets the times of records that are not there. ARGV after the shared three: ids. */
export const forgetTimesScript = `#!lua flags=allow-oom${shared}
for i = 4, #ARGV do
  if redis.call('EXISTS', base .. 'r:' .. ARGV[i]) == 0 then
    redis.call('ZREM', base .. 'la', ARGV[i])
    redis.call('ZREM', base .. 'exp', ARGV[i])
  end
end
`;

/** Drops vectors that no record names. ARGV after the shared three: id and name of the vector in turn. */
export const dropVectorsScript = `#!lua flags=allow-oom${shared}
for i = 4, #ARGV, 2 do
  if redis.call('HGET', base .. 'r:' .. ARGV[i], 'ptr') ~= ARGV[i + 1] then dropVector(ARGV[i + 1]) end
end
`;
