-- require: presence_state
-- Returns the work of a reaper: users whose state is due for a check, and changes not published yet.
--
-- Returns {TIME in ms, number of states and nodes, 1 if the lease of a node has ended, otherwise 0, number
--          of due users, due users …, user, unsent changes, user, unsent changes, …}
--
-- Fails if the server refuses the writes of heartbeats: leases may then have ended only for that reason.
--
-- Atomic because the reaper judges by the TIME of this answer: it must be the moment of the check.

local max_users = ARGV[1] -- number: maximum users of each kind

require_heartbeat_writes()
local now = now_ms()
local due = redis.call('ZRANGEBYSCORE', DUE, '-inf', whole(now), 'LIMIT', 0, max_users)
local size = redis.call('HLEN', STATES) + redis.call('ZCARD', NODES)
local ended = redis.call('ZRANGEBYSCORE', NODES, '-inf', whole(now), 'LIMIT', 0, 1)
local answer = {whole(now), size, #ended, #due}
for _, user in ipairs(due) do
  answer[#answer + 1] = user
end
for _, part in ipairs(redis.call('HSCAN', PENDING, 0, 'COUNT', max_users)[2]) do
  answer[#answer + 1] = part
end
return answer
