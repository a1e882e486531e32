-- Forgets a tenant whose truth was found empty, unless it was noted again lately.
--
-- KEYS[1] = tenants with a truth     ARGV[1] = tenant     ARGV[2] = seconds without a note
-- Returns 1 if it was forgotten, else 0
--
-- Atomic because a node may note the tenant between the look at its score and its removal.
redis.replicate_commands()

local noted = redis.call('ZSCORE', KEYS[1], ARGV[1])
if noted and tonumber(noted) + tonumber(ARGV[2]) <= tonumber(redis.call('TIME')[1]) then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
return 0
