import { scriptStart } from "./script-start.ts";

/**
 * One batch, as a whole: records in by revision, ids out. ARGV after the shared three: dimensions or '' for any,
 * embedder, the suffix of the vectors' fields, the number of removals, their ids; then for each record id, revision,
 * last access, expiry or '', side, the name of a vector that lies in a key of its own or '', the number of arguments
 * that follow, and the hash's fields and values. Answers with nothing where it was written. Else nothing was, and it
 * answers with the dimensions and the embedder of records of another space, with 'moved' where their vectors have
 * other fields by now, or with 'again' where a vector's key is gone.
 */
export const writeScript = `#!lua${scriptStart}
-- What a record holds of other spaces is of its former revision.
local function dropFields(key, suffix)
  for _, field in ipairs(redis.call('HKEYS', key)) do
    local other = string.match(field, '^vec(%d*)$') or string.match(field, '^ptr(%d*)$')
    if other and other ~= suffix then redis.call('HDEL', key, field) end
  end
end

local dimensions, embedder, suffix, removals = ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local first = 8 + removals
local held = redis.call('HMGET', KEYS[1], 'dimensions', 'embedder', 'vectors')
local isOther = dimensions ~= '' and (held[1] ~= dimensions or held[2] ~= embedder)
if isOther and held[1] and redis.call('EXISTS', base .. 'la') == 1 then return {held[1], held[2]} end
if (held[3] or '') ~= suffix then return {'moved'} end
local at = first
while at <= #ARGV do
  local ptr = ARGV[at + 5]
  if ptr ~= '' and redis.call('EXISTS', base .. 'v:' .. ptr) == 0 then return {'again'} end
  at = at + 7 + tonumber(ARGV[at + 6])
end
if first <= #ARGV and isOther then
  redis.call('HSET', KEYS[1], 'schema', 1, 'dimensions', dimensions, 'embedder', embedder)
end

redis.call('ZREMRANGEBYSCORE', base .. 'gone', '-inf', '(' .. weekAgo)
for i = 8, 7 + removals do
  discard(ARGV[i])
  bury(ARGV[i])
end

at = first
while at <= #ARGV do
  local id, revision, accessed, expiry, side, ptr, count = unpack(ARGV, at, at + 6)
  local fields = at + 7
  at = fields + tonumber(count)
  local key = base .. 'r:' .. id
  local known = redis.call('HMGET', key, 'rev', 'side', 'ptr' .. suffix)
  local isNewer = not known[1] or tonumber(known[1]) < tonumber(revision)
  if isNewer and not redis.call('ZSCORE', base .. 'gone', id) then
    if known[2] then place(false, id, cjson.decode(known[2])) end
    if known[1] then
      dropVectors(key, ptr)
      if known[3] ~= ptr and (known[3] == '' or ptr == '') then
        -- It moves from the record into a key of its own, or back: no field of the former may stay.
        redis.call('DEL', key)
      else
        dropFields(key, suffix)
      end
    end
    setPending(id, true)
    redis.call('HSET', key, 'rev', revision, 'side', side, 'ptr' .. suffix, ptr, unpack(ARGV, fields, at - 1))
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
export const removeScript = `#!lua flags=allow-oom${scriptStart}
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
