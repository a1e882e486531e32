-- Shared by the log's scripts: finds the log's current epoch, or begins a new one.
--
-- An epoch is one unbroken life of a log. Replication is asynchronous: a promoted or restarted
-- server may have lost writes and would give the same offsets out again, so a cursor could not tell.
-- master_replid changes at every promotion and restart; when it differs from the one noted in the
-- log's meta, the entries can no longer be continued and a new epoch begins. Its name is Redis TIME
-- and a random part from the caller: unique over all logs, and never a counter, which would be lost
-- together with the writes.
--
-- What every call needs stands in straight lines, what few need in functions within functions: a
-- script makes its functions anew at every call.
redis.replicate_commands()

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- '%.0f' takes several times as long; '%d' can't do more than 31 bits everywhere.
local function digits(number)
  if number < 1000000000 then
    return string.format('%d', number)
  end
  return string.format('%d%09d', math.floor(number / 1000000000), number % 1000000000)
end

local function renew_epoch(stream, meta, random, known, replication)
  -- The part of INFO behind a name, up to the end of its line.
  local function field(text, name)
    local from = string.find(text, name .. ':', 1, true) + #name + 1
    return string.sub(text, from, string.find(text, '\r', from, true) - 1)
  end

  local function base36(number)
    local digits, text = '0123456789abcdefghijklmnopqrstuvwxyz', ''
    repeat
      local digit = number % 36
      text = string.sub(digits, digit + 1, digit + 1) .. text
      number = math.floor(number / 36)
    until number == 0
    return text
  end

  -- A master also changes its replid when the first replica attaches to it after a start; nothing is
  -- lost then. That is known by the same process and an empty second replid. A master that was a
  -- replica for a while comes to look so too, but not before its backlog is an hour old: so only a
  -- log that was written within ten minutes goes on.
  local replid, now = field(replication, 'master_replid'), now_ms()
  local run = field(redis.call('INFO', 'server'), 'run_id')
  if known then
    local last = redis.call('HMGET', meta, 'run', 'touched')
    if last[1] == run and now - (last[2] or 0) < 600000
      and string.find(replication, 'master_replid2:' .. string.rep('0', 40), 1, true) then
      redis.call('HSET', meta, 'replid', replid)
      return known, true
    end
  end
  local epoch = base36(now) .. random
  redis.call('DEL', stream)
  redis.call('HSET', meta, 'epoch', epoch, 'replid', replid, 'top', 0, 'bytes', 0, 'floor', 0,
    'until', 0, 'run', run, 'touched', now, 'look', 0, 'brim', 0, 'due', 0)
  return epoch, false
end

-- Returns {epoch, top offset, bytes ever written, fields look, brim and due of the meta or 0,
-- whether the epoch begins now}.
local function open_log(stream, meta, random)
  local state = redis.call('HMGET', meta, 'epoch', 'replid', 'top', 'bytes', 'look', 'brim', 'due')
  local epoch, replication = state[1], redis.call('INFO', 'replication')
  if not epoch or not string.find(replication, 'master_replid:' .. state[2], 1, true) then
    local goes_on
    epoch, goes_on = renew_epoch(stream, meta, random, epoch, replication)
    if not goes_on then
      return epoch, 0, 0, 0, 0, 0, true
    end
  end
  -- Adding makes a number of a text at half of what tonumber takes.
  return epoch, state[3] + 0, state[4] + 0, (state[5] or 0) + 0, (state[6] or 0) + 0,
    (state[7] or 0) + 0, false
end
