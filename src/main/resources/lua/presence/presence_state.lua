-- Shared by the presence scripts: the presence data of one tenant, and a user's state transitions.
--
-- A state is 'online|leaving|offline generation time reason'. The time is when the user came online,
-- when the grace period ends, or when the user was last online. A change is
-- 'generation online|offline reason'. A user's unsent changes are one string, joined by ';', until
-- each has been published in turn. The generation numbers the changes of a user: it is Redis TIME, but
-- always higher than the one before.
--
-- A node calls as an incarnation and numbers its calls. An incarnation that was declared dead has been
-- removed from the calls, so its next call is fenced. A call that arrives after a later one is late: it
-- waited in a connection that broke, and its node has sent newer data since.

local ONLINE = KEYS[1] -- set: the users online; a public key
local STATES = KEYS[2] -- hash: user → state
local DUE = KEYS[3] -- sorted set: users, scored by when their state must be checked, in ms
local NODES = KEYS[4] -- sorted set: incarnations, scored by the end of their lease in ms
local PENDING = KEYS[5] -- hash: user → unsent changes, oldest first
local CALLS = KEYS[6] -- hash: incarnation → number of its last call
local LEASES = 6 -- KEYS[7…] = the leases of the users of a script: sorted sets of owner|session, scored
-- by the end of the lease in ms

redis.replicate_commands()

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

-- Raises an error, before anything is changed, if the server refuses the writes of a heartbeat: its
-- memory is full, it is a replica, it can't save, it lacks replicas or rights, or a key of the tenant has
-- a foreign type. Leases that end while it does so prove nothing. A full server still carries out
-- commands that only remove, and then everything else that the script writes; so this comes first.
local function require_heartbeat_writes()
  redis.call('ZADD', NODES, 'XX', 0, '') -- changes nothing: no node and no user has an empty name
  redis.call('ZADD', DUE, 'XX', 0, '')
  redis.call('SREM', ONLINE, '')
  redis.call('HLEN', CALLS)
end

-- Returns state, generation, time and reason of a user; an unknown user is offline.
local function state_of(user)
  local text = redis.call('HGET', STATES, user)
  if not text then
    return 'offline', 0, 0, '-'
  end
  local state, generation, time, reason = string.match(text, '^(%S+) (%d+) (%d+) (%S+)$')
  return state, tonumber(generation), tonumber(time), reason
end

local function put_state(user, state, generation, time, reason)
  local text = state .. ' ' .. whole(generation) .. ' ' .. whole(time) .. ' ' .. reason
  redis.call('HSET', STATES, user, text)
end

-- Returns why a call of an incarnation must be refused, 'fenced' or 'late'; nil if it is accepted.
-- Number 0 is for owners that can't be declared dead.
local function refusal(owner, number)
  local last = number > 0 and redis.call('HGET', CALLS, owner)
  if last then
    return number <= tonumber(last) and 'late' or nil
  end
  return number > 1 and 'fenced' or nil
end

local function declare_dead(judged)
  for _, owner in ipairs(redis.call('ZRANGEBYSCORE', NODES, '-inf', judged)) do
    redis.call('ZREM', NODES, owner)
    redis.call('HDEL', CALLS, owner)
  end
end

-- Adds a change. Returns all unsent changes of the user, and how many were dropped because too many
-- were unsent: a pair that cancels out. The first one stays, because it may be in flight.
local function change(user, state, generation, reason, max_changes)
  local waiting = redis.call('HGET', PENDING, user)
  local dropped = 0
  if waiting then
    local _, more = string.gsub(waiting, ';', ';')
    if more + 2 > max_changes then
      waiting = string.gsub(waiting, '^([^;]*);[^;]*;[^;]*', '%1')
      dropped = 2
    end
  end
  local text = whole(generation) .. ' ' .. state .. ' ' .. reason
  waiting = waiting and (waiting .. ';' .. text) or text
  redis.call('HSET', PENDING, user, waiting)
  return waiting, dropped
end

-- Returns the end of the lease that ends last, nil without a lease.
local function last_lease(leases)
  local last = redis.call('ZREVRANGE', leases, 0, 0, 'WITHSCORES')
  return last[2] and tonumber(last[2])
end

-- Whether the presence of one more user can be known. If that takes more than max_users, users who are
-- offline are forgotten, first those whose time to be forgotten is next. Their due time is later than that
-- of users online, whose leases end before 'busy_until'. Users with unsent changes stay.
local function has_room(user, max_users, busy_until)
  local known = redis.call('HLEN', STATES)
  if known < max_users or redis.call('HEXISTS', STATES, user) == 1 then
    return true
  end
  local idle = redis.call('ZRANGEBYSCORE', DUE, '(' .. whole(busy_until), '+inf', 'LIMIT', 0, 16)
  for _, other in ipairs(idle) do
    if state_of(other) == 'offline' and redis.call('HEXISTS', PENDING, other) == 0 then
      redis.call('HDEL', STATES, other)
      redis.call('ZREM', DUE, other)
      known = known - 1
      if known < max_users then
        return true
      end
    end
  end
  return false
end

-- Records that the user has a lease. If that is a change, returns the unsent changes and how many
-- were dropped.
local function set_online(user, leases, now, max_changes)
  redis.call('ZADD', DUE, last_lease(leases), user)
  redis.call('SADD', ONLINE, user)
  local state, generation = state_of(user)
  if state == 'online' then
    return nil
  end
  if state == 'leaving' then
    put_state(user, 'online', generation, now, '-')
    return nil
  end
  generation = math.max(generation + 1, now)
  put_state(user, 'online', generation, now, '-')
  return change(user, 'online', generation, '-', max_changes)
end

-- Records that the user has neither a lease nor a grace period left. Returns the unsent changes, and
-- how many were dropped.
local function set_offline(user, now, reason, remember, max_changes)
  local _, generation = state_of(user)
  generation = math.max(generation + 1, now)
  put_state(user, 'offline', generation, now, reason)
  local waiting, dropped = change(user, 'offline', generation, reason, max_changes)
  redis.call('ZADD', DUE, now + remember, user)
  redis.call('SREM', ONLINE, user)
  return waiting, dropped
end
