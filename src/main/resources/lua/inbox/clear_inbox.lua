-- require: inbox
-- Removes every message.
--
-- KEYS[1] = list     KEYS[2] = index
-- Returns the number of messages removed
--
-- Atomic because a message stored in between must be in both or in neither.

local length = redis.call('LLEN', LIST)
redis.call('DEL', LIST, INDEX)
return length
