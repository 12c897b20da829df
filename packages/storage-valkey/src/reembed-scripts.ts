import { scriptStart } from "./script-start.ts";

/**
 * Where a re-embedding stands. ARGV after the shared three: the space to come (dimensions, embedder), and the one
 * that it began in, or '' and '' for whatever there is. Answers 'empty'; or 'there' where all is done; or 'begun'
 * and the suffix of the fields for the new vectors; or 'elsewhere' in the place of beginning one for another space.
 * Behind these stand the dimensions and the embedder of what is stored. The first to ask lists all records as pending.
 */
export const beginReembeddingScript = `#!lua${scriptStart}
local dimensions, embedder, from, fromEmbedder = unpack(ARGV, 4, 7)
local held = redis.call('HMGET', KEYS[1], 'dimensions', 'embedder')
if redis.call('EXISTS', base .. 'la') == 0 then return {'empty', '', '', ''} end
if held[1] == dimensions and held[2] == embedder then return {'there', '', held[1], held[2]} end
if from ~= '' and (held[1] ~= from or held[2] ~= fromEmbedder) then
  return {'elsewhere', '', held[1], held[2]}
end
local target = dimensions .. ' ' .. embedder
local suffix = redis.call('HGET', base .. 'next', target)
if not suffix then
  suffix = tostring(redis.call('HINCRBY', KEYS[1], 'spaces', 1) + 1)
  redis.call('HSET', base .. 'next', target, suffix)
  redis.call('ZUNIONSTORE', base .. 'todo:' .. suffix, 1, base .. 'la')
end
return {'begun', suffix, held[1], held[2]}
`;

/**
 * Gives records their new vectors. ARGV after the shared three: the target as its field in 'next', its suffix; then
 * for each id, revision, the name of a vector that lies in a key of its own or '', and else the vector. Leaves alone
 * what has another revision. Answers whether the re-embedding goes on ('1').
 */
export const newVectorsScript = `#!lua${scriptStart}
local target, suffix = ARGV[4], ARGV[5]
local goesOn = redis.call('HGET', base .. 'next', target) == suffix
for i = 6, #ARGV, 4 do
  local id, revision, ptr, vector = unpack(ARGV, i, i + 3)
  local key = base .. 'r:' .. id
  local known = redis.call('HMGET', key, 'rev', 'ptr' .. suffix)
  if not goesOn or known[1] ~= revision then
    if known[2] ~= ptr then dropVector(ptr) end
  elseif ptr == '' then
    redis.call('HSET', key, 'vec' .. suffix, vector, 'ptr' .. suffix, '')
    redis.call('ZREM', base .. 'todo:' .. suffix, id)
  elseif redis.call('EXISTS', base .. 'v:' .. ptr) == 1 then
    if known[2] ~= ptr then dropVector(known[2]) end
    redis.call('HSET', key, 'ptr' .. suffix, ptr)
    redis.call('ZREM', base .. 'todo:' .. suffix, id)
  end
end
return goesOn and '1' or '0'
`;

/**
 * Takes the store to its new space where nothing is pending, in as many steps for any number of records: from then
 * on other fields hold the vectors. ARGV after the shared three: dimensions, embedder, the target as its field in
 * 'next', its suffix or '' for an empty store. Answers 'done', 'pending', or 'moved' where somebody else was there.
 */
export const switchSpaceScript = `#!lua${scriptStart}
local dimensions, embedder, target, suffix = unpack(ARGV, 4, 7)
local held = redis.call('HMGET', KEYS[1], 'dimensions', 'embedder', 'vectors')
local isEmpty = redis.call('EXISTS', base .. 'la') == 0
if not isEmpty then
  if held[1] == dimensions and held[2] == embedder then return 'done' end
  if redis.call('HGET', base .. 'next', target) ~= suffix then return 'moved' end
  if redis.call('EXISTS', base .. 'todo:' .. suffix) == 1 then return 'pending' end
  redis.call('SADD', base .. 'old', held[3] or '')
  redis.call('HSET', KEYS[1], 'vectors', suffix)
end
for _, each in ipairs(redis.call('HVALS', base .. 'next')) do
  redis.call('UNLINK', base .. 'todo:' .. each)
  if isEmpty or each ~= suffix then redis.call('SADD', base .. 'old', each) end
end
redis.call('UNLINK', base .. 'next')
redis.call('HSET', KEYS[1], 'schema', 1, 'dimensions', dimensions, 'embedder', embedder)
return 'done'
`;

/** Takes from records the vectors of former spaces. ARGV after the shared three: a suffix, then ids. */
export const dropFormerScript = `#!lua flags=allow-oom${scriptStart}
local suffix = ARGV[4]
for i = 5, #ARGV do
  local key = base .. 'r:' .. ARGV[i]
  dropVector(redis.call('HGET', key, 'ptr' .. suffix))
  redis.call('HDEL', key, 'ptr' .. suffix, 'vec' .. suffix)
end
`;
