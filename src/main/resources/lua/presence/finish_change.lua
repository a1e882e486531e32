-- require: presence_state
-- Removes the oldest unsent change of a user, because it has been published.
--
-- Returns the changes that remain unsent, '' if there are none
--
-- Atomic because several nodes may publish the same change, and each may remove only that one.

local user = ARGV[1] -- string: the user's id
local published_generation = ARGV[2] -- string: generation of the published change, decimal

local waiting = redis.call('HGET', PENDING, user)
if not waiting then
  return ''
end
local first, rest = string.match(waiting, '^([^;]*);?(.*)$')
if string.match(first, '^%d+') ~= published_generation then
  return waiting
end
if rest == '' then
  redis.call('HDEL', PENDING, user)
else
  redis.call('HSET', PENDING, user, rest)
end
return rest
