-- Replaces a node's session counts.
--
-- Returns 1
--
-- Atomic because a reader between the two steps would see the node without sessions.

local counts = KEYS[1] -- hash: the node's counts, tenant → sessions
local expiry_ms = ARGV[1] -- number: time after which the node counts as gone, in ms
local first_count = 2 -- ARGV[2…] = field, count, field, count, …

redis.call('DEL', counts)
for i = first_count, #ARGV, 2 do
  redis.call('HSET', counts, ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', counts, expiry_ms)
return 1
