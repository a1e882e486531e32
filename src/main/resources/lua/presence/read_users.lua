-- require: truth
-- Tells how users stand.
--
-- KEYS[1…6] = truth of the tenant, KEYS[7…] = leases of each user, in the order of ARGV
-- ARGV[1…] = users
-- Returns {TIME in ms, {state, time, owner|session, lease end, owner|session, lease end, …}, …}
--
-- Atomic because a state read beside sessions of another moment would contradict them.

local now = now_ms()
local answer = {whole(now)}
for i, user in ipairs(ARGV) do
  local state, _, time = state_of(user)
  local one = {state, whole(time)}
  local live = redis.call('ZRANGEBYSCORE', KEYS[LEASES + i], '(' .. whole(now), '+inf', 'WITHSCORES')
  for _, part in ipairs(live) do
    one[#one + 1] = part
  end
  answer[#answer + 1] = one
end
return answer
