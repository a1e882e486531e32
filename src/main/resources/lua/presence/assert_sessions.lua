-- require: truth
-- Gives sessions a fresh lease, and so begins them or keeps them alive; users who were offline come
-- online.
--
-- KEYS[1…5] = truth of the tenant, KEYS[6…] = leases of each user, in the order of ARGV
-- ARGV[1] = owner: a node's incarnation, or 'device'
-- ARGV[2] = 'new' for an incarnation's first call, 'known' for later ones, 'free' for no incarnation
-- ARGV[3] = lease in ms     ARGV[4…] = for each user: id, number of sessions, session, session, …
-- Returns {'fenced'} if the incarnation was declared dead: nothing was done
--       | {'held', TIME in ms, user, waiting changes, user, waiting changes, …}
--
-- Atomic because the leases, the set and the change that is told must move in one step: two nodes
-- may bring a user's first session at the same moment, or one the first while the other takes the
-- last; and because a node that slept beyond its lease must not bring back what was declared dead.

local now = now_ms()
local ends = now + tonumber(ARGV[3])
if ARGV[2] == 'known' and not redis.call('ZSCORE', NODES, ARGV[1]) then
  return {'fenced'}
end
if ARGV[2] ~= 'free' then
  redis.call('ZADD', NODES, ends, ARGV[1])
end

local answer = {'held', whole(now)}
local argument, key = 4, 6
while argument <= #ARGV do
  local user, sessions = ARGV[argument], tonumber(ARGV[argument + 1])
  for i = argument + 2, argument + 1 + sessions do
    redis.call('ZADD', KEYS[key], ends, ARGV[1] .. '|' .. ARGV[i])
  end
  local waiting = comes(user, KEYS[key], now)
  if waiting then
    answer[#answer + 1] = user
    answer[#answer + 1] = waiting
  end
  argument = argument + 2 + sessions
  key = key + 1
end
return answer
