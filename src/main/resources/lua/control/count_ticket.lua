-- Counts a ticket of a user, unless the user has too many that have not expired.
--
-- Returns the number of tickets with this one, or 0 if there are too many
--
-- Atomic because several tickets may be issued at the same moment.

local tickets = KEYS[1] -- sorted set: digests of the user's tickets, scored by their end in ms
local digest = ARGV[1] -- string: digest of the new ticket
local lifetime_ms = tonumber(ARGV[2]) -- number: its lifetime in ms
local max_tickets = tonumber(ARGV[3]) -- number: maximum tickets of a user

redis.replicate_commands()
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', tickets, '-inf', now)
local known = redis.call('ZCARD', tickets)
if known >= max_tickets then
  return 0
end
local ends = now + lifetime_ms
redis.call('ZADD', tickets, string.format('%.0f', ends), digest)
local last = tonumber(redis.call('ZREVRANGE', tickets, 0, 0, 'WITHSCORES')[2])
redis.call('PEXPIREAT', tickets, string.format('%.0f', last))
return known + 1
