-- require: epoch
-- Reads a page of a snapshot: the last events of keys whose places lie in a range, in the order of the
-- places. Skips what has expired.
--
-- Returns {place to go on from or '' at the end, value, value, …}, values as in the hash; {'over'} if the
-- epoch is another one by now
--
-- A log that does not exist is not created: the snapshot of one has the epoch '0' and no keys.
--
-- Atomic because a value must be of the place at which it was found.

local stream = KEYS[1] -- stream: the log's entries
local meta = KEYS[2] -- hash: the log's meta
local values = KEYS[3] -- hash: collection/key → end ms, written ms, id, stored envelope tail
local places = KEYS[4] -- zset: collection/key scored by the place of its event
local known_epoch = ARGV[1] -- string: the epoch in which the snapshot began
local after = ARGV[2] -- number: read higher places
local last = ARGV[3] -- number: up to this place
local max_members = tonumber(ARGV[4]) -- number: maximum keys to look at
local max_bytes = tonumber(ARGV[5]) -- number: stop behind the value that reaches this many bytes
local epoch_suffix = ARGV[6] -- string: random part of a new epoch
local meta_seconds = ARGV[7] -- number: how long the meta is kept, in s
local first_collection = 8 -- ARGV[8…] = names of the collections to read; none: all

if redis.call('EXISTS', meta) == 0 then
  return {known_epoch == '0' and '' or 'over'}
end
local epoch, _, _, _, _, _, begins = open_log(stream, meta, epoch_suffix)
if begins then
  redis.call('EXPIRE', meta, meta_seconds)
end
if epoch ~= known_epoch then
  return {'over'}
end

local wanted
if #ARGV >= first_collection then
  wanted = {}
  for i = first_collection, #ARGV do
    wanted[ARGV[i]] = true
  end
end
local now = now_ms()
local found = redis.call(
  'ZRANGEBYSCORE', places, '(' .. after, last, 'WITHSCORES', 'LIMIT', 0, max_members)
local answer, bytes, at = {''}, 0, 1
while at <= #found and bytes < max_bytes do
  -- A few at a time: a value may be large.
  local members, numbers = {}, {}
  while at <= #found and #members < 16 do
    if not wanted or wanted[string.match(found[at], '^[^/]+')] then
      members[#members + 1], numbers[#members + 1] = found[at], found[at + 1]
    end
    at = at + 2
  end
  local read = #members > 0 and redis.call('HMGET', values, unpack(members)) or {}
  for i = 1, #members do
    local value = read[i]
    if value and string.match(value, '^%d+') + 0 > now then
      answer[#answer + 1] = value
      bytes = bytes + #value
      if bytes >= max_bytes then
        answer[1] = numbers[i]
        return answer
      end
    end
  end
end
if #found == 2 * max_members then
  answer[1] = found[#found]
end
return answer
