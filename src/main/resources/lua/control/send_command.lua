-- Publishes a control command, such as ending a user's sessions, to every node. Optionally stores it
-- for nodes that miss the message.
--
-- Returns the time of the command in ms, or 0 if the tenant has stored too many: nothing was done
--
-- Atomic because a node that starts between the two steps would neither receive nor find the command.

local stored_commands = KEYS[1] -- sorted set: stored commands as JSON, scored by time in ms
local counts = KEYS[2] -- hash: tenant → 'number count number count …': how many commands were stored in each
-- fifth of store_ms, by the number of that fifth since 1970
local channel = ARGV[1] -- string: the control channel
local command_head = ARGV[2] -- string: the command as JSON without its closing brace
local store = ARGV[3] -- string: '1' to store the command
local store_ms = ARGV[4] -- number: how long stored commands are kept, in ms
local tenant = ARGV[5] -- string: the tenant that gives the command
local max_commands = tonumber(ARGV[6]) -- number: maximum stored commands of the tenant

redis.replicate_commands()
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local command = command_head .. string.format(',"at":%.0f}', now)
if store == '1' then
  local fifth = math.floor(now / (tonumber(store_ms) / 5))
  local stored, latest, before = 0, 0, ''
  for number, count in string.gmatch(redis.call('HGET', counts, tenant) or '', '(%d+) (%d+)') do
    if tonumber(number) >= fifth - 5 then
      stored = stored + count
      if tonumber(number) == fifth then
        latest = tonumber(count)
      else
        before = before .. number .. ' ' .. count .. ' '
      end
    end
  end
  if stored >= max_commands then
    return 0
  end
  redis.call('HSET', counts, tenant, string.format('%s%.0f %d', before, fifth, latest + 1))
  redis.call('PEXPIRE', counts, 2 * tonumber(store_ms))
  redis.call('ZADD', stored_commands, now, command)
  redis.call('ZREMRANGEBYSCORE', stored_commands, '-inf', now - tonumber(store_ms))
  redis.call('PEXPIRE', stored_commands, store_ms)
end
redis.call('PUBLISH', channel, command)
return now
