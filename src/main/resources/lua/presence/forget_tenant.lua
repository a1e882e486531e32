-- Removes a tenant whose presence data was found empty, unless it was registered again recently.
--
-- Returns 1 if the tenant was removed, else 0
--
-- Atomic because a node may register the tenant between the check of its score and its removal.

local tenants = KEYS[1] -- sorted set: tenants with presence data, scored by their last registration in s
local tenant = ARGV[1] -- string: the tenant to remove
local silence_seconds = tonumber(ARGV[2]) -- number: seconds without a registration

redis.replicate_commands()
local registered = redis.call('ZSCORE', tenants, tenant)
if registered and tonumber(registered) + silence_seconds <= tonumber(redis.call('TIME')[1]) then
  return redis.call('ZREM', tenants, tenant)
end
return 0
