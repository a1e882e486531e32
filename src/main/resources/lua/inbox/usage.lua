-- Shared by the scripts that account for all inboxes of a tenant. The inboxes themselves are in other
-- slots: room is reserved here before a message is stored, and settled with the true size afterwards.
-- What a crash in between leaves is corrected by the next settlement of that inbox, or ends when the
-- inbox has expired for certain.

local USAGE = KEYS[1] -- hash: user → 'bytes stamp'; '' → sum of bytes. The stamp is Redis TIME in us, at
-- which the inbox had that size
local ENDS = KEYS[2] -- sorted set: user, scored by when the inbox has expired for certain, in ms

redis.replicate_commands()

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

-- Returns the bytes and the stamp of a user's inbox; nil for a user without an entry.
local function usage_of(user)
  local text = redis.call('HGET', USAGE, user)
  if not text then
    return nil
  end
  local bytes, stamp = string.match(text, '^(%d+) (%d+)$')
  return tonumber(bytes), tonumber(stamp)
end

local function put(user, bytes, stamp, ends)
  local before = usage_of(user) or 0
  redis.call('HSET', USAGE, user, whole(bytes) .. ' ' .. whole(stamp))
  redis.call('HINCRBY', USAGE, '', whole(bytes - before))
  redis.call('ZADD', ENDS, whole(ends), user)
end

local function forget(user)
  local bytes = usage_of(user)
  if bytes then
    redis.call('HDEL', USAGE, user)
    redis.call('HINCRBY', USAGE, '', whole(-bytes))
  end
  redis.call('ZREM', ENDS, user)
end

-- An inbox ends a while after its last message was stored; more, because clocks of servers differ.
local MARGIN_MS = 60000

local function keep_keys(keep_ms)
  redis.call('PEXPIRE', USAGE, whole(keep_ms + 2 * MARGIN_MS))
  redis.call('PEXPIRE', ENDS, whole(keep_ms + 2 * MARGIN_MS))
end
