-- require: inbox
-- Stores a message for a user, unless it is stored already; drops the oldest beyond the bounds.
--
-- KEYS[1] = list     KEYS[2] = index
-- ARGV[1] = event id     ARGV[2] = envelope     ARGV[3] = ms it is kept
-- ARGV[4] = most messages     ARGV[5] = most bytes
-- Returns {1 if stored now else 0, messages dropped by the bounds, messages expired}
--
-- Atomic because a repeat of the same event may come at the same moment, and because list, index and
-- bytes must agree.

local expired = expire()
if redis.call('HEXISTS', INDEX, 'e:' .. ARGV[1]) == 1 then
  return {0, 0, expired}
end

local now = now_us()
local bytes = #ARGV[2]
local last = redis.call('LINDEX', LIST, -1)
local last_number = last and entry_of(event_of(last)) or 0
local number = math.max(last_number + 1, now)
local expiry = math.floor(now / 1000) + tonumber(ARGV[3])
redis.call('RPUSH', LIST, ARGV[2])
redis.call(
  'HSET', INDEX, 'e:' .. ARGV[1], whole(number) .. ' ' .. bytes .. ' ' .. whole(expiry))
local sum = redis.call('HINCRBY', INDEX, 'bytes', bytes)

local dropped = 0
local length = redis.call('LLEN', LIST)
while length > 1 and (length > tonumber(ARGV[4]) or sum > tonumber(ARGV[5])) do
  drop_oldest()
  dropped = dropped + 1
  length = redis.call('LLEN', LIST)
  sum = tonumber(redis.call('HGET', INDEX, 'bytes'))
end
redis.call('PEXPIRE', LIST, ARGV[3])
redis.call('PEXPIRE', INDEX, ARGV[3])
return {1, dropped, expired}
