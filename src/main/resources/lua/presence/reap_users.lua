-- require: presence_state
-- Removes expired leases, and sets users offline who have no lease and no grace period left.
--
-- Returns {changes dropped, user, unsent changes, user, unsent changes, …} for users who went offline
--
-- Fails, and changes nothing, if the server refuses the writes of heartbeats.
--
-- Atomic because the last lease, the online set and the change to publish must move in one step.

local judged_at = ARGV[1] -- number: time to judge by, in ms of Redis TIME. Never the time of this call: it
-- may have waited in a frozen server, with heartbeats waiting after it
local remember_ms = tonumber(ARGV[2]) -- number: how long offline users are remembered, in ms
local max_waiting = tonumber(ARGV[3]) -- number: maximum unsent changes of a user
local first_user = 4 -- ARGV[4…] = the users to check; KEYS[7…] = their leases, in the same order

require_heartbeat_writes()
local judged = tonumber(judged_at)
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
  local waiting, dropped = set_offline(user, now, reason, remember_ms, max_waiting)
  answer[1] = answer[1] + dropped
  answer[#answer + 1] = user
  answer[#answer + 1] = waiting
end

for i = first_user, #ARGV do
  local user, leases = ARGV[i], KEYS[LEASES + i - first_user + 1]
  local ended = redis.call('ZRANGEBYSCORE', leases, '-inf', judged_at)
  if #ended > 0 then
    redis.call('ZREMRANGEBYSCORE', leases, '-inf', judged_at)
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
  elseif generation > 0 and time + remember_ms > judged then
    redis.call('ZADD', DUE, time + remember_ms, user)
  else
    redis.call('HDEL', STATES, user)
    redis.call('ZREM', DUE, user)
  end
end
declare_dead(judged_at)
return answer
