-- Shared by the inbox scripts: the list of one user's stored envelopes, and its index.
--
-- Numbers rise with every message. They are Redis TIME in microseconds, so that they keep rising after
-- the index was empty and deleted. Each message expires on its own. All have the same lifetime, so the
-- oldest expires first.
--
-- Other programs may push onto the list. Their messages are foreign until they are adopted: they are
-- in the list but not in the index.

local LIST = KEYS[1] -- list: the user's envelopes, oldest first; a public key
local INDEX = KEYS[2] -- hash: 'e:<event id>' → 'number bytes expiry'; 'bytes' → sum of bytes

redis.replicate_commands()

local function now_us()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function whole(number)
  return string.format('%.0f', number)
end

local function event_of(envelope)
  return string.match(envelope, '^{"id":null,"event_id":"([^"]+)"') or ''
end

-- Returns {number, bytes, expiry in ms}, or nil for a message that is not indexed.
local function entry_of(event)
  local text = redis.call('HGET', INDEX, 'e:' .. event)
  if not text then
    return nil
  end
  local number, bytes, expiry = string.match(text, '^(%d+) (%d+) (%d+)$')
  return tonumber(number), tonumber(bytes), tonumber(expiry)
end

-- Marks a list entry for removal. Not an envelope, so no other program can have pushed it.
local REMOVED = 'removed'

-- Calls visit(position, envelope, number or nil) along the list, until it returns false. Each number
-- is used once: a second message with the same event id is foreign.
local function walk(visit)
  local met, from = {}, 0
  while true do
    local chunk = redis.call('LRANGE', LIST, from, from + 31)
    for i, envelope in ipairs(chunk) do
      local event = event_of(envelope)
      local number = not met[event] and entry_of(event) or nil
      met[event] = true
      if visit(from + i - 1, envelope, number) == false then
        return
      end
    end
    if #chunk < 32 then
      return
    end
    from = from + 32
  end
end

-- Returns whether the list contains a message that is not indexed; two cheap counts.
local function has_foreign()
  local indexed = redis.call('HLEN', INDEX) - redis.call('HEXISTS', INDEX, 'bytes')
  return redis.call('LLEN', LIST) > indexed
end

-- Returns the highest number in the list (0 if none) and how many of its messages are foreign.
local function last_numbers()
  if not has_foreign() then
    local last = redis.call('LINDEX', LIST, -1)
    return last and entry_of(event_of(last)) or 0, 0
  end
  local highest, foreign = 0, 0
  walk(function(_, _, number)
    if number then
      highest = number
    else
      foreign = foreign + 1
    end
  end)
  return highest, foreign
end

-- Returns the position of a foreign message, the number before it (0 if none), the number after it (nil
-- if none), and how many foreign messages there are from it to that one.
local function find_foreign(wanted)
  local at, before, after, run = nil, 0, nil, 0
  walk(function(position, envelope, number)
    if at and number then
      after = number
      return false
    elseif at then
      run = run + 1
    elseif number then
      before = number
    elseif envelope == wanted then
      at, run = position, 1
    end
  end)
  return at, before, after, run
end

local function unindex(event)
  local _, bytes = entry_of(event)
  if bytes then
    redis.call('HDEL', INDEX, 'e:' .. event)
    redis.call('HINCRBY', INDEX, 'bytes', -bytes)
  end
end

local function drop_oldest()
  local envelope = redis.call('LPOP', LIST)
  if envelope then
    unindex(event_of(envelope))
  end
end

-- Removes expired messages and returns how many there were.
local function expire()
  local now_ms = math.floor(now_us() / 1000)
  local expired = 0
  local oldest = redis.call('LINDEX', LIST, 0)
  while oldest do
    local _, _, expiry = entry_of(event_of(oldest))
    if not expiry or expiry > now_ms then
      break
    end
    drop_oldest()
    expired = expired + 1
    oldest = redis.call('LINDEX', LIST, 0)
  end
  return expired
end

local function forget_if_empty()
  if redis.call('EXISTS', LIST) == 0 then
    redis.call('DEL', INDEX)
  end
end

-- Returns the bytes of the inbox, and the time in microseconds at which it has them; the account of the
-- tenant is settled with both.
local function size()
  return redis.call('HGET', INDEX, 'bytes') or '0', whole(now_us())
end
