-- require: truth
-- Takes away leases that have ended, and lets go users who have none left and no grace.
--
-- KEYS[1…6] = truth of the tenant, KEYS[7…] = leases of each user, in the order of ARGV
-- ARGV[1] = the moment to judge by, in ms of Redis TIME; never this call's own, because a call may
--           have waited in a frozen server while heartbeats waited behind it
-- ARGV[2] = ms that offline users are remembered
-- ARGV[3] = most changes of a user that wait to be told     ARGV[4…] = users
-- Returns {changes dropped, user, waiting changes, user, waiting changes, …} of those who went offline
--
-- Atomic because the last lease, the set and the change that is told must move in one step.

local judged, remember, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local now = now_ms()
local answer = {0}

local function reason_of(member)
  local owner = string.match(member, '^(.*)|')
  if owner == 'device' then
    return 'timeout'
  end
  return owner == 'drained' and 'closed' or 'node_lost'
end

local function go(user, reason)
  local waiting, dropped = goes(user, now, reason, remember, most)
  answer[1] = answer[1] + dropped
  answer[#answer + 1] = user
  answer[#answer + 1] = waiting
end

for i = 4, #ARGV do
  local user, leases = ARGV[i], KEYS[LEASES + i - 3]
  local ended = redis.call('ZRANGEBYSCORE', leases, '-inf', ARGV[1])
  if #ended > 0 then
    redis.call('ZREMRANGEBYSCORE', leases, '-inf', ARGV[1])
  end
  local last = last_lease(leases)
  local state, generation, time, reason = state_of(user)
  if last then
    redis.call('ZADD', DUE, last, user)
  elseif state == 'online' then
    go(user, #ended > 0 and reason_of(ended[#ended]) or 'closed')
  elseif state == 'leaving' and time <= judged then
    go(user, reason)
  elseif state == 'leaving' then
    redis.call('ZADD', DUE, time, user)
  elseif generation > 0 and time + remember > judged then
    redis.call('ZADD', DUE, time + remember, user)
  else
    redis.call('HDEL', STATES, user)
    redis.call('ZREM', DUE, user)
  end
end
declare_dead(ARGV[1])
return answer
