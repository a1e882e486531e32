-- require: truth
-- Ends sessions. A user's last one begins the grace; the reaper ends it. A session closed because
-- its node stops is kept for a while in nobody's name, so that its user can come back elsewhere.
--
-- KEYS[1…6] = truth of the tenant, KEYS[7…] = leases of each session's user, in the order of ARGV
-- ARGV[1] = owner of the sessions    ARGV[2] = number of its call, as for assert_sessions
-- ARGV[3] = grace in ms              ARGV[4] = hold after a drain in ms
-- ARGV[5…] = for each session: user, session, reason; the reason 'drained' holds it
-- Returns 'ended', or 'late' if a later call of the owner has come: nothing was done
--
-- Atomic because "no session is left" and "the grace has begun" must be one step: another node may
-- bring a session of that user at the same moment.

local now = now_ms()
-- One that was declared dead may still end its sessions: that is what it was declared dead for.
local refused = refusal(ARGV[1], tonumber(ARGV[2]))
if refused == 'late' then
  return refused
end
if redis.call('HEXISTS', CALLS, ARGV[1]) == 1 then
  redis.call('HSET', CALLS, ARGV[1], ARGV[2])
end

local key = LEASES + 1
for i = 5, #ARGV, 3 do
  local user, session, reason = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local leases = KEYS[key]
  local known = redis.call('ZREM', leases, ARGV[1] .. '|' .. session) == 1
  if known and reason == 'drained' then
    redis.call('ZADD', leases, now + tonumber(ARGV[4]), 'drained|' .. session)
  end
  -- A lease that has ended keeps nobody online: it only waits for the reaper.
  local last = last_lease(leases)
  if last and last > now then
    redis.call('ZADD', DUE, last, user)
  else
    local state, generation = state_of(user)
    if state == 'online' then
      local ends = now + tonumber(ARGV[3])
      put_state(user, 'leaving', generation, ends, reason == 'drained' and 'closed' or reason)
      redis.call('ZADD', DUE, ends, user)
    end
  end
  key = key + 1
end
return 'ended'
