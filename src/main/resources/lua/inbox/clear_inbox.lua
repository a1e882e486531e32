-- require: inbox
-- Removes all messages of an inbox.
--
-- Returns the number of messages removed
--
-- Atomic because a message stored in between must be in both the list and the index, or in neither.

local length = redis.call('LLEN', LIST)
redis.call('DEL', LIST, INDEX)
return length
