-- Shared by the scripts of presence: one tenant's truth, and the moves a user can make in it.
--
-- KEYS[1] = the users' set of who is online     KEYS[2] = states      KEYS[3] = due
-- KEYS[4] = nodes                               KEYS[5] = pending     KEYS[6] = calls
-- KEYS[7…] = leases of the users that the script is about
--
-- A state is 'online|leaving|offline generation time reason': the time is when the user came, when
-- the grace ends, or when the user was last online. A change is 'generation online|offline reason';
-- a user's changes wait as one text, joined by ';', until each was told in turn. The generation
-- numbers the changes of a user: Redis TIME, but always beyond the one before.
--
-- A node speaks in the name of an incarnation and numbers its calls. Who was declared dead is no
-- longer among the calls, so a further call of it is fenced. A call behind a later one is late: it
-- waited in a connection that broke, and its node has said something newer since.
redis.replicate_commands()

local ONLINE, STATES, DUE = KEYS[1], KEYS[2], KEYS[3]
local NODES, PENDING, CALLS = KEYS[4], KEYS[5], KEYS[6]
local LEASES = 6

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

-- Returns {state, generation, time, reason}; a user never heard of is offline.
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

-- Why a call of an incarnation must not count: 'fenced' or 'late'; nil if it counts. Number 0 is of
-- an owner that can't be declared dead.
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

-- Returns all changes of the user that wait to be told, and how many were dropped because nobody
-- could tell them: a pair that undoes itself. The first stays, it may just be being told.
local function change(user, state, generation, reason, most)
  local waiting = redis.call('HGET', PENDING, user)
  local dropped = 0
  if waiting then
    local _, more = string.gsub(waiting, ';', ';')
    if more + 2 > most then
      waiting = string.gsub(waiting, '^([^;]*);[^;]*;[^;]*', '%1')
      dropped = 2
    end
  end
  local text = whole(generation) .. ' ' .. state .. ' ' .. reason
  waiting = waiting and (waiting .. ';' .. text) or text
  redis.call('HSET', PENDING, user, waiting)
  return waiting, dropped
end

-- End of the last lease to end, or nil without any.
local function last_lease(leases)
  local last = redis.call('ZREVRANGE', leases, 0, 0, 'WITHSCORES')
  return last[2] and tonumber(last[2])
end

-- The user has a lease. Returns the waiting changes if this is one, and how many were dropped.
local function comes(user, leases, now, most)
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
  return change(user, 'online', generation, '-', most)
end

-- The user has no lease and no grace. Returns the waiting changes, and how many were dropped.
local function goes(user, now, reason, remember, most)
  local _, generation = state_of(user)
  generation = math.max(generation + 1, now)
  redis.call('SREM', ONLINE, user)
  put_state(user, 'offline', generation, now, reason)
  redis.call('ZADD', DUE, now + remember, user)
  return change(user, 'offline', generation, reason, most)
end
