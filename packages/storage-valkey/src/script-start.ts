/**
 * What all scripts begin with: ARGV are the base of the keys, now, and since when removed ids count. They name
 * keys that depend on what they read; in a cluster all of them lie in the slot of KEYS[1]. An id is moved out of
 * and into the sets beside its record by what the record itself notes in `side`, so that what was put somewhere is
 * always found again. A count changes only when an id came or went, so that doing it twice changes nothing.
 */
export const scriptStart = `
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

-- The vectors of a record in keys of their own, of whatever space, but for one.
local function dropVectors(key, kept)
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.match(field, '^ptr%d*$') then
      local ptr = redis.call('HGET', key, field)
      if ptr ~= kept then dropVector(ptr) end
    end
  end
end

-- Every re-embedding on its way has a set of the ids whose new vector is missing.
local function setPending(id, isPending)
  for _, suffix in ipairs(redis.call('HVALS', base .. 'next')) do
    if isPending then
      redis.call('ZADD', base .. 'todo:' .. suffix, 'NX', 0, id)
    else
      redis.call('ZREM', base .. 'todo:' .. suffix, id)
    end
  end
end

local function discard(id)
  local key = base .. 'r:' .. id
  local side = redis.call('HGET', key, 'side')
  if side then place(false, id, cjson.decode(side)) end
  dropVectors(key)
  setPending(id, false)
  redis.call('UNLINK', key)
  redis.call('ZREM', base .. 'la', id)
  redis.call('ZREM', base .. 'exp', id)
end

local function bury(id)
  redis.call('ZADD', base .. 'gone', now, id)
end
`;
