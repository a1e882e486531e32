-- Publishes a control command, such as ending a user's sessions, to every node. Optionally stores it
-- for nodes that miss the message.
--
-- Returns the time of the command in ms
--
-- Atomic because a node that starts between the two steps would neither receive nor find the command.

local stored_commands = KEYS[1] -- sorted set: stored commands as JSON, scored by time in ms
local channel = ARGV[1] -- string: the control channel
local command_head = ARGV[2] -- string: the command as JSON without its closing brace
local store = ARGV[3] -- string: '1' to store the command
local store_ms = ARGV[4] -- number: how long stored commands are kept, in ms

redis.replicate_commands()
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local command = command_head .. string.format(',"at":%.0f}', now)
if store == '1' then
  redis.call('ZADD', stored_commands, now, command)
  redis.call('ZREMRANGEBYSCORE', stored_commands, '-inf', now - tonumber(store_ms))
  redis.call('PEXPIRE', stored_commands, store_ms)
end
redis.call('PUBLISH', channel, command)
return now
