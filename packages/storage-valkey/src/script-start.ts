import { requirePermissions } from "./require-permissions.ts";
import { setChanges } from "./set-changes.ts";

/**
 * What all scripts begin with: ARGV are the base of the keys, now, and since when removed ids count. They name
 * keys that depend on what they read; in a cluster all of them lie in the slot of KEYS[1]. An id is moved out of
 * and into the sets beside its record by what the record itself notes in `side`, so that what was put somewhere is
 * always found again.
 */
export const scriptStart = `
local base, now, weekAgo = ARGV[1], ARGV[2], ARGV[3]
${requirePermissions}${setChanges}
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
local suffixesToCome = redis.call('HVALS', base .. 'next')
local function setPending(id, isPending)
  for _, suffix in ipairs(suffixesToCome) do
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
  if side then place(false, id, side) end
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
