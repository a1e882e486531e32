-- require: presence_state
-- Reads the presence of users.
--
-- Returns {TIME in ms, {state, time, owner|session, lease end, owner|session, lease end, …}, …}
--
-- Atomic because a state and leases read at different moments would contradict each other.

local users = ARGV -- strings: the users to read; KEYS[7…] = their leases, in the same order

local now = now_ms()
local answer = {whole(now)}
for i, user in ipairs(users) do
  local state, _, time = state_of(user)
  local one = {state, whole(time)}
  local live = redis.call('ZRANGEBYSCORE', KEYS[LEASES + i], '(' .. whole(now), '+inf', 'WITHSCORES')
  for _, part in ipairs(live) do
    one[#one + 1] = part
  end
  answer[#answer + 1] = one
end
return answer
