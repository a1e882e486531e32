-- Replaces what a node says of its sessions.
--
-- KEYS[1] = hash of the node
-- ARGV[1] = ms until it counts as gone
-- ARGV[2…] = field, count, field, count, …
-- Returns 1
--
-- Atomic because a reader between the two steps would see the node without sessions.

redis.call('DEL', KEYS[1])
for i = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
