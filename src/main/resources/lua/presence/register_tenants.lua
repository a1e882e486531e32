-- Registers tenants that have sessions, so that the reaper of every node checks them.
--
-- Returns the number of tenants registered for the first time
--
-- Atomic because the score must be Redis TIME, not the callers' clocks.

local registered = KEYS[1] -- sorted set: tenants with presence data, scored by their last registration in s
local tenants = ARGV -- strings: the tenants to register

redis.replicate_commands()
local seconds = redis.call('TIME')[1]
local added = 0
for _, tenant in ipairs(tenants) do
  added = added + redis.call('ZADD', registered, seconds, tenant)
end
return added
