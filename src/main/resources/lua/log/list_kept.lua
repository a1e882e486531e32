-- Counts the keys of each collection of a log that have not expired.
--
-- Returns {collection, number of keys, collection, number of keys, …}
--
-- Atomic because the number must be of one moment, that of Redis.

local ends = KEYS[1] -- zset: collection/key scored by the end of the state in ms, rounded up
local values = KEYS[2] -- hash: collection/key → end ms, written ms, id, stored envelope tail
local STEP = 64000 -- as in publish_event

redis.replicate_commands()
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local counts = {}
local function count(member)
  local collection = string.match(member, '^[^/]+')
  counts[collection] = (counts[collection] or 0) + 1
end

-- Returns the keys whose rounded ends lie between two moments.
local function ending(from, to)
  return redis.call('ZRANGEBYSCORE', ends, from, to)
end

local soon = string.format('%.0f', now + STEP)
for _, member in ipairs(ending('(' .. soon, '+inf')) do
  count(member)
end
for _, member in ipairs(ending('(' .. string.format('%.0f', now), soon)) do
  local value = redis.call('HGET', values, member)
  if value and string.match(value, '^%d+') + 0 > now then
    count(member)
  end
end
local answer = {}
for collection, count in pairs(counts) do
  answer[#answer + 1] = collection
  answer[#answer + 1] = count
end
return answer
