-- require: presence_state
-- Renews the leases of sessions, which starts them or keeps them alive. Users who were offline come
-- online.
--
-- Returns {'full'} if a user is one too many: nothing was done
--       | {'fenced'} if the incarnation was declared dead, {'late'} if a later call of it has arrived:
--         nothing was done
--       | {'held', TIME in ms, changes dropped, user, unsent changes, user, unsent changes, …}
--
-- Atomic because the leases, the online set and the change to publish must move in one step: two nodes
-- may bring a user's first session at the same moment, or one node the first while another removes the
-- last. Also, a node that was paused beyond its lease must not bring back what was declared dead.

local owner = ARGV[1] -- string: the incarnation of a node, or 'device'
local call = ARGV[2] -- number: number of this call of the incarnation, from 1; 0 for other owners
local lease_ms = tonumber(ARGV[3]) -- number: the lease in ms
local max_waiting = tonumber(ARGV[4]) -- number: maximum unsent changes of a user
local max_users = tonumber(ARGV[5]) -- number: maximum users whose presence is known. Sessions are never
-- refused: others bound them
local refuses = ARGV[6] -- string: '1' to refuse users beyond it
local busy_ms = tonumber(ARGV[7]) -- number: maximum time in ms for which a user online need not be checked
local first_user = 8 -- ARGV[8…] = per user: id, number of sessions, session, session, …

local now = now_ms()
local ends = now + lease_ms
local number = tonumber(call)
local refused = refusal(owner, number)
if refused then
  return {refused}
end
if refuses == '1' and not has_room(ARGV[first_user], max_users, now + busy_ms) then
  return {'full'}
end
if number > 0 then
  redis.call('ZADD', NODES, ends, owner)
  redis.call('HSET', CALLS, owner, call)
end

local users, leases = {}, {}
local argument, key = first_user, LEASES + 1
while argument <= #ARGV do
  local sessions = tonumber(ARGV[argument + 1])
  for i = argument + 2, argument + 1 + sessions do
    redis.call('ZADD', KEYS[key], ends, owner .. '|' .. ARGV[i])
  end
  users[#users + 1] = ARGV[argument]
  leases[#leases + 1] = KEYS[key]
  argument = argument + 2 + sessions
  key = key + 1
end

-- In nearly all calls the users are online, and the new leases end last. Such users take four commands
-- together; four for each of them would hold up the other callers of the server.
local answer = {'held', whole(now), 0}
local crowded = refuses ~= '1' and redis.call('HLEN', STATES) + #users > max_users
local states = redis.call('HMGET', STATES, unpack(users))
local due = redis.call('ZMSCORE', DUE, unpack(users))
local renewed = {}
for i, user in ipairs(users) do
  -- A user online is due when the last lease ends. If that is later than 'ends', it is one of another owner,
  -- or the server's clock was set back.
  if states[i] and string.sub(states[i], 1, 7) == 'online ' and due[i] and tonumber(due[i]) <= ends then
    renewed[#renewed + 1] = ends
    renewed[#renewed + 1] = user
  else
    if crowded then
      has_room(user, max_users, now + busy_ms)
    end
    local waiting, dropped = set_online(user, leases[i], now, max_waiting)
    if waiting then
      answer[3] = answer[3] + dropped
      answer[#answer + 1] = user
      answer[#answer + 1] = waiting
    end
  end
end
if #renewed > 0 then
  redis.call('ZADD', DUE, unpack(renewed))
  redis.call('SADD', ONLINE, unpack(users))
end
return answer
