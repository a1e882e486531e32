-- require: inbox
-- Removes all messages of an inbox.
--
-- Returns {messages removed, bytes of the inbox, TIME in us}
--
-- Atomic because a message stored in between must be in both the list and the index, or in neither.

local length = redis.call('LLEN', LIST)
redis.call('DEL', LIST, INDEX)
return {length, size()}
