/**
 * The part of a script that moves ids into and out of the sets beside records, and keeps their counts. `place` notes
 * where an id goes and `carryOut`, at the end of the script, does it: ids of one place go together and a set changes once,
 * because a call of the server takes Lua longer than what it does. A count changes only when an id came or went,
 * so that doing it twice changes nothing.
 */
export const setChanges = `
-- One command for many arguments: Lua hands over no more than 8,000 at once.
local function callMany(command, key, args)
  for from = 1, #args, 4000 do
    redis.call(command, key, unpack(args, from, math.min(from + 3999, #args)))
  end
end

-- The ids that are to leave a place or to join it, by what side says of the place.
local leaving, joining = {}, {}

local function place(add, id, side, ts)
  local groups = add and joining or leaving
  local group = groups[side]
  if not group then
    group = {place = cjson.decode(side), ids = {}, ts = {}}
    groups[side] = group
  end
  local n = #group.ids + 1
  group.ids[n], group.ts[n] = id, ts
end

local function gather(sets, name, group)
  local groups = sets[name]
  if groups then groups[#groups + 1] = group else sets[name] = {group} end
end

local function change(add, key, groups)
  local args, n = {}, 0
  for _, group in ipairs(groups) do
    for i, id in ipairs(group.ids) do
      if add then
        n = n + 1
        args[n] = group.ts[i]
      end
      n = n + 1
      args[n] = id
    end
  end
  callMany(add and 'ZADD' or 'ZREM', key, args)
end

-- How many of these ids a set does not hold yet, or still holds.
local function changing(add, key, ids)
  local number = 0
  for from = 1, #ids, 4000 do
    local scores = redis.call('ZMSCORE', key, unpack(ids, from, math.min(from + 3999, #ids)))
    for _, score in ipairs(scores) do
      if (not score) == add then number = number + 1 end
    end
  end
  return number
end

-- Before the set changes.
local function count(add, key, set, groups, areNew)
  local sums = {}
  for _, group in ipairs(groups) do
    local number = areNew and #group.ids or changing(add, set, group.ids)
    for _, cat in ipairs(group.place.cats) do sums[cat[1]] = (sums[cat[1]] or 0) + number end
  end
  for cat, sum in pairs(sums) do
    if redis.call('HINCRBY', key, cat, add and sum or -sum) <= 0 then redis.call('HDEL', key, cat) end
  end
end

local function changeView(add, view, groups, areNew)
  local below, having, within, scopes = {}, {}, {}, {}
  for _, group in ipairs(groups) do
    local ancs = group.place.ancs
    local scope = ancs[#ancs]
    for _, anc in ipairs(ancs) do gather(below, anc, group) end
    for _, cat in ipairs(group.place.cats) do gather(having, cat[2], group) end
    gather(within, scope, group)
    scopes[scope] = group.place.scope
  end
  for anc, some in pairs(below) do
    local set = base .. 'z:' .. view .. ':' .. anc
    count(add, base .. 'n:' .. view .. ':' .. anc, set, some, areNew)
    change(add, set, some)
  end
  for cat, some in pairs(having) do change(add, base .. 'k:' .. view .. ':' .. cat, some) end
  local filled, emptied = {}, {}
  for scope, some in pairs(within) do
    local set = base .. 'e:' .. view .. ':' .. scope
    change(add, set, some)
    if add then
      filled[#filled + 1] = 0
      filled[#filled + 1] = scopes[scope]
    elseif redis.call('EXISTS', set) == 0 then
      emptied[#emptied + 1] = scopes[scope]
    end
  end
  callMany('ZADD', base .. 's:' .. view, filled)
  callMany('ZREM', base .. 's:' .. view, emptied)
end

local function changeSets(add, areNew)
  local views = {}
  for _, group in pairs(add and joining or leaving) do
    for _, view in ipairs(group.place.views) do gather(views, view, group) end
    local by = group.place.by
    if by ~= '' then change(add, base .. 'h:' .. by, {group}) end
  end
  for view, groups in pairs(views) do changeView(add, view, groups, areNew) end
end

-- What goes from one place to another leaves before it joins. areNew: no set holds what joins it, so nobody has to look.
local function carryOut(areNew)
  changeSets(false)
  changeSets(true, areNew)
end
`;
