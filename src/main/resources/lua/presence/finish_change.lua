-- require: truth
-- Takes the oldest waiting change of a user away because it was told.
--
-- KEYS[1…6] = truth of the tenant     ARGV[1] = user     ARGV[2] = generation of the change
-- Returns what still waits, or '' if nothing does
--
-- Atomic because several nodes may tell the same change, and each may take away only that one.

local waiting = redis.call('HGET', PENDING, ARGV[1])
if not waiting then
  return ''
end
local first, rest = string.match(waiting, '^([^;]*);?(.*)$')
if string.match(first, '^%d+') ~= ARGV[2] then
  return waiting
end
if rest == '' then
  redis.call('HDEL', PENDING, ARGV[1])
else
  redis.call('HSET', PENDING, ARGV[1], rest)
end
return rest
