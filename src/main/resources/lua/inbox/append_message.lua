-- require: inbox
-- Stores a message for a user unless it is already stored, and drops the oldest messages beyond the
-- limits.
--
-- Returns {1 if the message was stored now, else 0, messages dropped by the limits, messages expired, the
-- message's number, the number of the message before it (0 if none), bytes of the inbox, TIME in us}
--
-- Atomic because a repeat of the same event may arrive at the same moment, and because list, index and
-- byte count must agree.

local event_id = ARGV[1] -- string: the event's id
local envelope = ARGV[2] -- string: the envelope to store
local keep_ms = ARGV[3] -- number: how long the message is kept, in ms
local max_messages = tonumber(ARGV[4]) -- number: maximum messages in the inbox
local max_bytes = tonumber(ARGV[5]) -- number: maximum bytes of envelopes in the inbox

local expired = expire()
local stored = entry_of(event_id)
if stored then
  return {0, 0, expired, whole(stored), whole(stored - 1), size()}
end

local now = now_us()
local bytes = #envelope
local last_number, foreign = last_numbers()
local number = math.max(last_number + foreign + 1, now)
-- The entry before this message may be foreign, with a number still to come: then the number before it
-- counts as the previous one, so that no session gets this message without reading the inbox.
local previous = foreign > 0 and number - 1 or last_number
local expiry = math.floor(now / 1000) + tonumber(keep_ms)
redis.call('RPUSH', LIST, envelope)
redis.call(
  'HSET', INDEX, 'e:' .. event_id, whole(number) .. ' ' .. bytes .. ' ' .. whole(expiry))
local sum = redis.call('HINCRBY', INDEX, 'bytes', bytes)

local dropped = 0
local length = redis.call('LLEN', LIST)
while length > 1 and (length > max_messages or sum > max_bytes) do
  drop_oldest()
  dropped = dropped + 1
  length = redis.call('LLEN', LIST)
  sum = tonumber(redis.call('HGET', INDEX, 'bytes'))
end
redis.call('PEXPIRE', LIST, keep_ms)
redis.call('PEXPIRE', INDEX, keep_ms)
return {1, dropped, expired, whole(number), whole(previous), size()}
