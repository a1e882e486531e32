-- require: inbox
-- Adopts a message that another program pushed onto the list: replaces it by our form of the envelope
-- and indexes it at its position, or removes it.
--
-- Returns {1 if the message was adopted or removed now, 0 if it is not in the list any more, bytes of the
-- inbox, TIME in us}
--
-- Atomic because several sessions may find the same message, and because numbers must rise along the
-- list.

local pushed = ARGV[1] -- string: the message as it was pushed
local event_id = ARGV[2] -- string: its event id, '' to remove the message
local envelope = ARGV[3] -- string: the envelope in our form
local keep_ms = ARGV[4] -- number: how long the message is kept, in ms

local at, before, after, run = find_foreign(pushed)
if not at then
  return {0, size()}
end
if event_id == '' or redis.call('HEXISTS', INDEX, 'e:' .. event_id) == 1 then
  redis.call('LSET', LIST, at, REMOVED)
  redis.call('LREM', LIST, 1, REMOVED)
  forget_if_empty()
  return {1, size()}
end

local now = now_us()
-- As close to the next number as the foreign messages in between allow: a session that was sent what
-- stood before has not been sent the next one yet.
local number = after and math.max(before + 1, after - run) or math.max(before + 1, now)
local expiry = math.floor(now / 1000) + tonumber(keep_ms)
local bytes = #envelope
redis.call('LSET', LIST, at, envelope)
redis.call(
  'HSET', INDEX, 'e:' .. event_id, whole(number) .. ' ' .. bytes .. ' ' .. whole(expiry))
redis.call('HINCRBY', INDEX, 'bytes', bytes)
redis.call('PEXPIRE', LIST, keep_ms)
redis.call('PEXPIRE', INDEX, keep_ms)
return {1, size()}
