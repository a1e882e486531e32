-- Counts the keys of each collection of a log that have not expired.
--
-- Returns {collection, number of keys, collection, number of keys, …}
--
-- Atomic because the number must be of one moment, that of Redis.

local ends = KEYS[1] -- zset: collection/key scored by the end of the state in ms

redis.replicate_commands()
local time = redis.call('TIME')
local ms = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local counts = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', ends, '(' .. ms, '+inf')) do
  local collection = string.match(member, '^[^/]+')
  counts[collection] = (counts[collection] or 0) + 1
end
local answer = {}
for collection, count in pairs(counts) do
  answer[#answer + 1] = collection
  answer[#answer + 1] = count
end
return answer
