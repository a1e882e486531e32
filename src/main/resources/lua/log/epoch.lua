-- Shared by the log's scripts: finds the log's current epoch, or begins a new one.
--
-- An epoch is one unbroken life of a log. Replication is asynchronous: a promoted or restarted
-- server may have lost writes and would give the same offsets out again, so a cursor could not tell.
-- master_replid changes at every promotion and restart; when it differs from the one noted in the
-- log's meta, the entries can no longer be continued and a new epoch begins. Its name is Redis TIME
-- and a random part from the caller: unique over all logs, and never a counter, which would be lost
-- together with the writes.
redis.replicate_commands()

local DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

local function base36(number)
  local text = ''
  repeat
    local digit = number % 36
    text = string.sub(DIGITS, digit + 1, digit + 1) .. text
    number = math.floor(number / 36)
  until number == 0
  return text
end

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Returns {epoch, top offset, bytes ever written, bytes before the oldest entry}.
local function open_log(stream, meta, random, meta_seconds)
  local state = redis.call('HMGET', meta, 'epoch', 'replid', 'top', 'bytes', 'floor')
  local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
  if state[1] and state[2] == replid then
    return state[1], tonumber(state[3]), tonumber(state[4]), tonumber(state[5])
  end
  local epoch = base36(now_ms()) .. random
  redis.call('DEL', stream)
  redis.call('HSET', meta, 'epoch', epoch, 'replid', replid, 'top', 0, 'bytes', 0, 'floor', 0)
  redis.call('EXPIRE', meta, meta_seconds)
  return epoch, 0, 0, 0
end
