-- require: truth
-- Gives sessions a fresh lease, and so begins them or keeps them alive; users who were offline come
-- online.
--
-- KEYS[1…6] = truth of the tenant, KEYS[7…] = leases of each user, in the order of ARGV
-- ARGV[1] = owner: a node's incarnation, or 'device'
-- ARGV[2] = number of the incarnation's call, from 1; 0 for an owner that is no incarnation
-- ARGV[3] = lease in ms     ARGV[4] = most changes of a user that wait to be told
-- ARGV[5…] = for each user: id, number of sessions, session, session, …
-- Returns {'fenced'} if the incarnation was declared dead, {'late'} if a later call of it has come:
--         nothing was done
--       | {'held', TIME in ms, changes dropped, user, waiting changes, user, waiting changes, …}
--
-- Atomic because the leases, the set and the change that is told must move in one step: two nodes
-- may bring a user's first session at the same moment, or one the first while the other takes the
-- last; and because a node that slept beyond its lease must not bring back what was declared dead.

local now = now_ms()
local ends = now + tonumber(ARGV[3])
local number, most = tonumber(ARGV[2]), tonumber(ARGV[4])
local refused = refusal(ARGV[1], number)
if refused then
  return {refused}
end
if number > 0 then
  redis.call('ZADD', NODES, ends, ARGV[1])
  redis.call('HSET', CALLS, ARGV[1], ARGV[2])
end

local answer = {'held', whole(now), 0}
local argument, key = 5, LEASES + 1
while argument <= #ARGV do
  local user, sessions = ARGV[argument], tonumber(ARGV[argument + 1])
  for i = argument + 2, argument + 1 + sessions do
    redis.call('ZADD', KEYS[key], ends, ARGV[1] .. '|' .. ARGV[i])
  end
  local waiting, dropped = comes(user, KEYS[key], now, most)
  if waiting then
    answer[3] = answer[3] + dropped
    answer[#answer + 1] = user
    answer[#answer + 1] = waiting
  end
  argument = argument + 2 + sessions
  key = key + 1
end
return answer
