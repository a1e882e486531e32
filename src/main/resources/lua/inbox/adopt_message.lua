-- require: inbox
-- Takes in a message that another program pushed onto the list: brings it into our form and indexes
-- it where it stands, or removes it.
--
-- KEYS[1] = list     KEYS[2] = index
-- ARGV[1] = the message as it was pushed     ARGV[2] = its event id, '' to remove it
-- ARGV[3] = envelope in our form             ARGV[4] = ms it is kept
-- Returns 1 if it was taken in or removed now, 0 if it is no longer there
--
-- Atomic because several sessions may find the same message, and numbers must rise along the list.

local at, before, after = find_stranger(ARGV[1])
if not at then
  return 0
end
if ARGV[2] == '' or redis.call('HEXISTS', INDEX, 'e:' .. ARGV[2]) == 1 then
  redis.call('LSET', LIST, at, REMOVED)
  redis.call('LREM', LIST, 1, REMOVED)
  forget_if_empty()
  return 1
end

local now = now_us()
local number = after and before + 1 or math.max(before + 1, now)
local expiry = math.floor(now / 1000) + tonumber(ARGV[4])
local bytes = #ARGV[3]
redis.call('LSET', LIST, at, ARGV[3])
redis.call(
  'HSET', INDEX, 'e:' .. ARGV[2], whole(number) .. ' ' .. bytes .. ' ' .. whole(expiry))
redis.call('HINCRBY', INDEX, 'bytes', bytes)
redis.call('PEXPIRE', LIST, ARGV[4])
redis.call('PEXPIRE', INDEX, ARGV[4])
return 1
