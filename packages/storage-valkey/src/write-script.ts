import { scriptStart } from "./script-start.ts";

/**
 * Records in by revision, ids out: one batch, or a part of one in a transaction with the others. ARGV after the shared
 * three: dimensions or '' for any, embedder, the suffix of the vectors' fields, whether vectors lie in keys of their own
 * ('1'), the number of removals, their ids, the places of the records; then for each record its head, its JSON, and its
 * vector or the name of that key. A place is what many records share: their side, and fields that the search index covers
 * with their values. A head is id, revision, last access, expiry or '', order, the number of the place, and the times that
 * the index covers. Answers with nothing where it was written. Else nothing was, and it answers with the dimensions and the
 * embedder of records of another space; with 'moved' where their vectors have other fields by now, or all lies in another
 * layout; or with 'again' where a vector's key is gone.
 */
export const writeScript = `#!lua${scriptStart}
-- What a record holds of other spaces is of its former revision.
local function dropFields(key, suffix)
  for _, field in ipairs(redis.call('HKEYS', key)) do
    local other = string.match(field, '^vec(%d*)$') or string.match(field, '^ptr(%d*)$')
    if other and other ~= suffix then redis.call('HDEL', key, field) end
  end
end

local dimensions, embedder, suffix, isApart = ARGV[4], ARGV[5], ARGV[6], ARGV[7] == '1'
local vecField, ptrField = 'vec' .. suffix, 'ptr' .. suffix
local removals = tonumber(ARGV[8])
local places, first = cjson.decode(ARGV[9 + removals]), 10 + removals
local held = redis.call('HMGET', KEYS[1], 'dimensions', 'embedder', 'vectors', 'layout')
local isOther = dimensions ~= '' and (held[1] ~= dimensions or held[2] ~= embedder)
if isOther and held[1] and redis.call('EXISTS', base .. 'la') == 1 then return {held[1], held[2]} end
if (held[3] or '') ~= suffix or held[4] then return {'moved'} end
if isApart then
  for at = first, #ARGV, 3 do
    if redis.call('EXISTS', base .. 'v:' .. ARGV[at + 2]) == 0 then return {'again'} end
  end
end
if first <= #ARGV and isOther then
  redis.call('HSET', KEYS[1], 'schema', 1, 'dimensions', dimensions, 'embedder', embedder)
end

redis.call('ZREMRANGEBYSCORE', base .. 'gone', '-inf', '(' .. weekAgo)
for i = 9, 8 + removals do
  discard(ARGV[i])
  bury(ARGV[i])
end

local anyGone = redis.call('EXISTS', base .. 'gone') == 1
local fresh, accesses, expiries, lasting = {}, {}, {}, {}
for at = first, #ARGV, 3 do
  local head, json, vector = cjson.decode(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
  local id, revision, accessed, expiry, order, number, ts, upd, sup, exp = unpack(head)
  local shared = places[number]
  local side = shared[1]
  local ptr = isApart and vector or ''
  local key = base .. 'r:' .. id
  local known = redis.call('HMGET', key, 'rev', 'side', ptrField)
  local isNewer = not known[1] or tonumber(known[1]) < tonumber(revision)
  if isNewer and not (anyGone and redis.call('ZSCORE', base .. 'gone', id)) then
    if known[2] then place(false, id, known[2]) end
    if known[1] then
      dropVectors(key, ptr)
      if known[3] ~= ptr and (known[3] == '' or ptr == '') then
        -- It moves from the record into a key of its own, or back: no field of the former may stay.
        redis.call('DEL', key)
      else
        dropFields(key, suffix)
      end
    else
      fresh[#fresh + 1] = id
    end
    setPending(id, true)
    if isApart then
      redis.call('HSET', key, 'rev', revision, 'side', side, 'json', json, ptrField, ptr)
    else
      redis.call(
        'HSET', key, 'rev', revision, 'side', side, 'json', json, ptrField, ptr, vecField, vector,
        'ts', ts, 'upd', upd, 'sup', sup, 'exp', exp, unpack(shared, 2)
      )
    end
    place(true, id, side, order)
    accesses[#accesses + 1] = accessed
    accesses[#accesses + 1] = id
    if expiry == '' then
      lasting[#lasting + 1] = id
    else
      expiries[#expiries + 1] = expiry
      expiries[#expiries + 1] = id
    end
  elseif known[3] ~= ptr then
    dropVector(ptr)
  end
end
-- Where somebody deleted a record behind this package's back the sets hold it already.
carryOut(changing(true, base .. 'la', fresh) == #fresh)
callMany('ZADD', base .. 'la', accesses)
callMany('ZADD', base .. 'exp', expiries)
callMany('ZREM', base .. 'exp', lasting)
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
carryOut()
return answers
`;
