-- Shared by the log scripts: opens a log in its current epoch, or in a new one.
--
-- An epoch is a period in which a log has lost nothing. Replication is asynchronous: a promoted or
-- restarted server may have lost writes and would assign the same offsets again, which a cursor could
-- not detect. master_replid changes at every promotion and restart. When it differs from the one in
-- the log's meta, the entries can't be continued and a new epoch begins, unless it is proven that the
-- runs in between have lost nothing (class RunContinuity). The name of an epoch is Redis
-- TIME and a random part from the caller. That is unique across all logs; a counter would be lost
-- together with the writes.
--
-- Code that every call needs is inline; code that few calls need is in nested functions, because a
-- script creates its functions again at every call.
redis.replicate_commands()

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Formats a number. '%.0f' takes several times as long; '%d' is limited to 31 bits on some platforms.
local function digits(number)
  if number < 1000000000 then
    return string.format('%d', number)
  end
  return string.format('%d%09d', math.floor(number / 1000000000), number % 1000000000)
end

-- Returns the functions for the log of a topic: has_room, may_be_read, count.
local function topic_functions(topics, max_topics)
  -- Whether the tenant may have one more topic. Forgets topics whose meta has expired.
  local function has_room()
    redis.call('ZREMRANGEBYSCORE', topics, '-inf', digits(now_ms()))
    return redis.call('ZCARD', topics) < max_topics
  end

  -- Whether the log exists, or may be created because it is read. One that may not is read as an empty
  -- log of the epoch '0', which no log has: what was read of it is never continued.
  local function may_be_read(meta)
    return redis.call('EXISTS', meta) == 1 or has_room()
  end

  -- Counts a topic whose meta is kept for that many seconds.
  local function count(topic, seconds)
    redis.call('ZADD', topics, digits(now_ms() + seconds * 1000), topic)
    redis.call('EXPIRE', topics, 2 * seconds)
  end
  return has_room, may_be_read, count
end

local function renew_epoch(stream, meta, random, known, recorded, replication)
  -- Returns the value of a field of INFO: the rest of its line.
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

  -- A master also changes its replid when its first replica attaches after a start, and then nothing
  -- is lost. That case has the same run_id and an empty second replid. A master that was a replica for
  -- a while ends up looking the same, but only once its backlog is an hour old. So only a log written
  -- within the last ten minutes continues its epoch.
  local replid, now = field(replication, 'master_replid'), now_ms()
  local run = field(redis.call('INFO', 'server'), 'run_id')
  if known then
    local last = redis.call('HMGET', meta, 'run', 'touched')
    if last[1] == run and now - (last[2] or 0) < 600000
      and string.find(replication, 'master_replid2:' .. string.rep('0', 40), 1, true) then
      redis.call('HSET', meta, 'replid', replid)
      return known, true
    end
    -- Only the embedded Redis has this key. In a cluster it may be on another server: no proof.
    local proof = redis.pcall('HMGET', 'switchboard:continuity', 'run', recorded)
    if not proof.err and proof[1] == run and proof[2] then
      redis.call('HSET', meta, 'replid', replid, 'run', run)
      return known, true
    end
  end
  local epoch = base36(now) .. random
  redis.call('DEL', stream)
  redis.call('HSET', meta, 'epoch', epoch, 'replid', replid, 'top', 0, 'bytes', 0, 'floor', 0,
    'until', 0, 'run', run, 'touched', now, 'look', 0, 'brim', 0, 'due', 0)
  return epoch, false
end

-- Returns the epoch, the top offset, the bytes ever written, the fields look, brim and due of the meta
-- (0 if missing), whether the epoch begins now, and the fields of the meta that were read. With 'kept'
-- the fields 8 to 13 are kept_epoch, kept_base, kept_since, kept_bytes, kept_forgot and kept_lives.
local function open_log(stream, meta, random, kept)
  local state
  if kept then
    state = redis.call('HMGET', meta, 'epoch', 'replid', 'top', 'bytes', 'look', 'brim', 'due',
      'kept_epoch', 'kept_base', 'kept_since', 'kept_bytes', 'kept_forgot', 'kept_lives')
  else
    state = redis.call('HMGET', meta, 'epoch', 'replid', 'top', 'bytes', 'look', 'brim', 'due')
  end
  local epoch, replication = state[1], redis.call('INFO', 'replication')
  if not epoch or not string.find(replication, 'master_replid:' .. state[2], 1, true) then
    local goes_on
    epoch, goes_on = renew_epoch(stream, meta, random, epoch, state[2], replication)
    if not goes_on then
      return epoch, 0, 0, 0, 0, 0, true, state
    end
  end
  -- Adding 0 converts a string to a number in half the time of tonumber.
  return epoch, state[3] + 0, state[4] + 0, (state[5] or 0) + 0, (state[6] or 0) + 0,
    (state[7] or 0) + 0, false, state
end
