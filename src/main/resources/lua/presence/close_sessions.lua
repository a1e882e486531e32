-- require: truth
-- Ends sessions. A user's last one begins the grace; the reaper ends it. A session closed because
-- its node stops is kept for a while in nobody's name, so that its user can come back elsewhere.
--
-- KEYS[1…5] = truth of the tenant, KEYS[6…] = leases of each session's user, in the order of ARGV
-- ARGV[1] = owner of the sessions    ARGV[2] = grace in ms    ARGV[3] = hold after a drain in ms
-- ARGV[4…] = for each session: user, session, reason; the reason 'drained' holds it
-- Returns TIME in ms
--
-- Atomic because "no session is left" and "the grace has begun" must be one step: another node may
-- bring a session of that user at the same moment.

local now = now_ms()
local key = 6
for i = 4, #ARGV, 3 do
  local user, session, reason = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local leases = KEYS[key]
  local known = redis.call('ZREM', leases, ARGV[1] .. '|' .. session) == 1
  if known and reason == 'drained' then
    redis.call('ZADD', leases, now + tonumber(ARGV[3]), 'drained|' .. session)
  end
  local last = last_lease(leases)
  if last then
    redis.call('ZADD', DUE, last, user)
  else
    local state, generation = state_of(user)
    if state == 'online' then
      local ends = now + tonumber(ARGV[2])
      put_state(user, 'leaving', generation, ends, reason == 'drained' and 'closed' or reason)
      redis.call('ZADD', DUE, ends, user)
    end
  end
  key = key + 1
end
return whole(now)
