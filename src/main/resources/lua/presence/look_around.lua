-- require: truth
-- What a reaper looks at: users whose state must be looked at by now, and changes nobody told yet.
--
-- KEYS[1…6] = truth of the tenant     ARGV[1] = most users of each kind
-- Returns {TIME in ms, number of states and nodes, number of due users, due users …,
--          user, waiting changes, user, waiting changes, …}
--
-- Atomic because the reaper judges by the TIME of this answer: it must be of the moment of the look.

local now = now_ms()
local due = redis.call('ZRANGEBYSCORE', DUE, '-inf', whole(now), 'LIMIT', 0, ARGV[1])
local answer = {whole(now), redis.call('HLEN', STATES) + redis.call('ZCARD', NODES), #due}
for _, user in ipairs(due) do
  answer[#answer + 1] = user
end
for _, part in ipairs(redis.call('HSCAN', PENDING, 0, 'COUNT', ARGV[1])[2]) do
  answer[#answer + 1] = part
end
return answer
