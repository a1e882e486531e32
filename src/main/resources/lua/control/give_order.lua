-- Tells every node to end sessions, and remembers it for nodes that do not hear it.
--
-- KEYS[1] = sorted set of such orders, scored by time in ms
-- ARGV[1] = control channel          ARGV[2] = the order as JSON without its closing brace
-- ARGV[3] = '1' to remember it       ARGV[4] = ms for which it is remembered
-- Returns the time of the order in ms
--
-- Atomic because a node that starts between the two steps would neither hear nor find it.

redis.replicate_commands()
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local order = ARGV[2] .. string.format(',"at":%.0f}', now)
if ARGV[3] == '1' then
  redis.call('ZADD', KEYS[1], now, order)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[4]))
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('PUBLISH', ARGV[1], order)
return now
