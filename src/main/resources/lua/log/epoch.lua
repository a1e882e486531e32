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

-- The part of INFO behind a name, up to the end of its line.
local function info(section, name)
  local text = redis.call('INFO', section)
  local from = string.find(text, name .. ':', 1, true) + #name + 1
  return string.sub(text, from, string.find(text, '\r', from, true) - 1), text
end

-- A master also changes its replid when the first replica attaches to it after a start; nothing is
-- lost then. That is known by the same process and an empty second replid. A master that was a
-- replica for a while comes to look so too, but not before its backlog is an hour old: so only a log
-- that was written lately goes on.
local ATTACHED_WITHIN_MS = 600000

local function merely_attached(run, touched, replication)
  return run and touched
    and string.find(replication, 'master_replid2:0000000000000000000000000000000000000000', 1, true)
    and now_ms() - tonumber(touched) < ATTACHED_WITHIN_MS
    and info('server', 'run_id') == run
end

-- Returns {epoch, top offset, bytes ever written, bytes before the oldest entry, ms at which the
-- stream expires}.
local function open_log(stream, meta, random, meta_seconds)
  local state = redis.call(
    'HMGET', meta, 'epoch', 'replid', 'top', 'bytes', 'floor', 'until', 'run', 'touched')
  local replid, replication = info('replication', 'master_replid')
  if state[1] then
    local same = state[2] == replid
    if not same and merely_attached(state[7], state[8], replication) then
      redis.call('HSET', meta, 'replid', replid)
      same = true
    end
    if same then
      return state[1], tonumber(state[3]), tonumber(state[4]), tonumber(state[5]),
        tonumber(state[6] or 0)
    end
  end
  local now = now_ms()
  local epoch = base36(now) .. random
  redis.call('DEL', stream)
  redis.call('HSET', meta, 'epoch', epoch, 'replid', replid, 'top', 0, 'bytes', 0, 'floor', 0,
    'until', 0, 'run', (info('server', 'run_id')), 'touched', now)
  redis.call('EXPIRE', meta, meta_seconds)
  return epoch, 0, 0, 0, 0
end
