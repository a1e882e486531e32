-- require: usage
-- Reserves room for messages in the inboxes of a tenant, within its limits, and forgets inboxes that have
-- expired.
--
-- Returns {users with an inbox, bytes of all, for each message '' | 'inbox_users' | 'inbox_bytes': the
-- limit that it exceeds, then nothing is reserved for it}
--
-- Atomic because messages that are accepted at the same moment must not take the same room.

local keep_ms = tonumber(ARGV[1]) -- number: how long a message is kept, in ms
local max_users = tonumber(ARGV[2]) -- number: maximum users with an inbox
local max_bytes = tonumber(ARGV[3]) -- number: maximum bytes of all inboxes
local first_message = 4 -- ARGV[4…] = per message: user, bytes

local MAX_FORGOTTEN = 200

local now = now_ms()
for _, user in ipairs(redis.call('ZRANGEBYSCORE', ENDS, '-inf', now, 'LIMIT', 0, MAX_FORGOTTEN)) do
  forget(user)
end

local users = redis.call('ZCARD', ENDS)
local sum = tonumber(redis.call('HGET', USAGE, '') or 0)
local answer = {0, '0'}
local reserved = false
for i = first_message, #ARGV, 2 do
  local user, size = ARGV[i], tonumber(ARGV[i + 1])
  local bytes, stamp = usage_of(user)
  if not bytes and users >= max_users then
    answer[#answer + 1] = 'inbox_users'
  elseif sum + size > max_bytes then
    answer[#answer + 1] = 'inbox_bytes'
  else
    put(user, (bytes or 0) + size, stamp or 0, now + keep_ms + MARGIN_MS)
    users, sum, reserved = users + (bytes and 0 or 1), sum + size, true
    answer[#answer + 1] = ''
  end
end
if reserved then
  keep_keys(keep_ms)
end
answer[1], answer[2] = users, whole(sum)
return answer
