-- Notes that tenants have sessions, so that every node's reaper looks after them.
--
-- KEYS[1] = tenants with a truth     ARGV[1…] = tenants
-- Returns the number of tenants noted for the first time
--
-- Atomic because the score must be of Redis TIME, whatever the callers' clocks say.
redis.replicate_commands()

local seconds = redis.call('TIME')[1]
local added = 0
for _, tenant in ipairs(ARGV) do
  added = added + redis.call('ZADD', KEYS[1], seconds, tenant)
end
return added
