/**
 * What the scripts of one record begin with, where records lie in slots of their own. KEYS are the record and a key
 * that never exists; ARGV what the keys of its vectors begin with, now, and since when removed ids count. What is
 * left of a removed record is a hash with the time of its removal, which no index sees.
 */
const recordStart = `
local key, vectors, now, weekAgo = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local function dropVector(ptr)
  if ptr and ptr ~= '' then redis.call('UNLINK', vectors .. ptr) end
end

local function bury(lifetime)
  local known = redis.call('HMGET', key, 'ptr', 'gone')
  dropVector(known[1])
  local time = now
  if known[2] and tonumber(known[2]) > tonumber(now) then time = known[2] end
  redis.call('DEL', key)
  redis.call('HSET', key, 'gone', time)
  redis.call('PEXPIRE', key, lifetime)
  return time
end
`;

/**
 * One record in, by revision. ARGV after the shared three: revision, the name of a vector that lies in a key of
 * its own or '', then the hash's fields and values. Answers with what stands afterwards: 'written', 'kept' and the
 * JSON of what was there, 'gone' and the time of its removal; or with 'again' where the vector's key is gone.
 */
export const putScript = `#!lua${recordStart}
local revision, ptr = ARGV[4], ARGV[5]
if ptr ~= '' and redis.call('EXISTS', vectors .. ptr) == 0 then return {'again'} end
local known = redis.call('HMGET', key, 'rev', 'ptr', 'gone', 'json')
if known[3] and tonumber(known[3]) >= tonumber(weekAgo) then
  dropVector(ptr)
  return {'gone', known[3]}
end
if known[1] and tonumber(known[1]) >= tonumber(revision) then
  if known[2] ~= ptr then dropVector(ptr) end
  return {'kept', known[4]}
end
if known[2] and known[2] ~= ptr then dropVector(known[2]) end
-- No field may stay of a vector that moves out of the record or into it, nor the lifetime of a removal.
if known[3] or (known[1] and known[2] ~= ptr and (known[2] == '' or ptr == '')) then
  redis.call('DEL', key)
end
redis.call('HSET', key, 'rev', revision, 'ptr', ptr, unpack(ARGV, 6))
return {'written'}
`;

/** One id out, whether or not it is there. ARGV[4]: how long that is remembered, in ms. Answers with the time. */
export const buryScript = `#!lua flags=allow-oom${recordStart}
return bury(ARGV[4])
`;

/**
 * One record out whose revision is still the one that a filter was tried on. ARGV after the shared three: how long
 * that is remembered, the revision, whether this is a repetition ('1'). Answers 1 removed, 0 was not there, -1 has
 * changed meanwhile.
 */
export const removeRecordScript = `#!lua flags=allow-oom${recordStart}
local known = redis.call('HMGET', key, 'rev', 'gone')
if not known[1] then
  -- The first try may have removed it, before its answer was lost.
  if ARGV[6] == '1' and known[2] and tonumber(known[2]) == tonumber(now) then return 1 end
  return 0
end
if known[1] ~= ARGV[5] then return -1 end
bury(ARGV[4])
return 1
`;

/** Drops a vector that the record does not name. ARGV[4]: its name. */
export const dropStrayScript = `#!lua flags=allow-oom${recordStart}
if redis.call('HGET', key, 'ptr') ~= ARGV[4] then dropVector(ARGV[4]) end
`;
