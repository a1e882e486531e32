-- require: presence_state
-- Ends sessions. The end of a user's last session starts the grace period, which the reaper ends. A
-- session closed because its node drains keeps a lease without an owner for a while, so that its user
-- can reconnect to another node.
--
-- Returns 'ended', or 'late' if a later call of the owner has arrived: nothing was done
--
-- Atomic because "no session is left" and "the grace period has started" must be one step: another node
-- may bring a session of that user at the same moment.

local owner = ARGV[1] -- string: the owner of the sessions
local call = ARGV[2] -- number: number of this call of the owner, as for assert_sessions
local grace_ms = tonumber(ARGV[3]) -- number: the grace period in ms
local drain_ms = tonumber(ARGV[4]) -- number: lease of a drained session in ms
local first_session = 5 -- ARGV[5…] = per session: user, session, reason; 'drained' keeps a lease.
-- KEYS[7…] = the leases of each session's user, in the same order

local now = now_ms()
-- An owner that was declared dead may still end its sessions: they are meant to end.
local refused = refusal(owner, tonumber(call))
if refused == 'late' then
  return refused
end
if redis.call('HEXISTS', CALLS, owner) == 1 then
  redis.call('HSET', CALLS, owner, call)
end

local key = LEASES + 1
for i = first_session, #ARGV, 3 do
  local user, session, reason = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local leases = KEYS[key]
  local known = redis.call('ZREM', leases, owner .. '|' .. session) == 1
  if known and reason == 'drained' then
    redis.call('ZADD', leases, now + drain_ms, 'drained|' .. session)
  end
  -- An expired lease does not keep a user online: it only waits for the reaper.
  local last = last_lease(leases)
  if last and last > now then
    redis.call('ZADD', DUE, last, user)
  else
    local state, generation = state_of(user)
    if state == 'online' then
      local ends = now + grace_ms
      put_state(user, 'leaving', generation, ends, reason == 'drained' and 'closed' or reason)
      redis.call('ZADD', DUE, ends, user)
    end
  end
  key = key + 1
end
return 'ended'
