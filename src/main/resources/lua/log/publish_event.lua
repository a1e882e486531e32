-- require: epoch
-- Assigns an event the next position in its log, stores it there and publishes it, once per event id.
--
-- Returns the id if the event was published | {'duplicate', first id, rest of its answer} | {'full'}
-- | {'limit', 'topics' | 'topic_bytes'} if the tenant has too many topics, or their logs too many bytes;
-- for a kept event: 'id, ms from which the state is complete' | {'superseded'} if a newer event
-- of its key is known | {'kept_full', 'keys' | 'bytes' | 'topics'}. The first id of a superseded event
-- is '-'.
--
-- Atomic because an offset that was assigned but not published, or published twice, would be a gap or
-- a repeat for every session of the tenant, and because two callers may bring the same event id.
--
-- Runs for every event, so it does only what every event needs: a Redis command costs more than
-- everything else here. The limits are checked only when the meta says that one may be exceeded: from
-- the offset 'look', above 'brim' bytes, or from 'due' ms on. During a rolling upgrade an older version
-- that does not know these three fields may write the same log.

local stream = KEYS[1] -- stream: the log's entries
local meta = KEYS[2] -- hash: the log's meta
local memory = KEYS[3] -- hash: remembered event ids of the current window, event id → first answer
local first_window = 4 -- KEYS[4…] = hashes that may already contain the id; none for a generated id
-- of a kept event follow: hash of values, zset of places, zset of ends; with a topic also the zset of the
-- tenant's topics that have kept events. With a topic the last KEYS are: zset of the tenant's topics by the
-- end of their metas, zset of its topics by the end of their entries, hash topic → bytes that its log may
-- grow to, '' → their sum
local channel = ARGV[1] -- string: the channel to publish on; behind a space, one to publish on as well
local tail = ARGV[2] -- string: the envelope from "event_id" on
local event = ARGV[3] -- string: the event id
local answer = ARGV[4] -- string: the rest of the answer to remember
local stored_tail = ARGV[5] -- string: what the log stores instead of the tail, '' for the tail
local epoch_suffix = ARGV[6] -- string: random part of a new epoch
local limits = ARGV[7] -- string: six numbers: seconds to remember an id, maximum remembered ids (0: no
-- limit), maximum entries, maximum age of an entry in ms, maximum bytes, seconds to keep the meta; with a
-- topic also the tenant's maximum topics and bytes of their logs (0: no limit)
local keep = ARGV[8] -- string: collection/key, '' for none; the arguments of most events end before it
local keep_numbers = ARGV[9] -- string: five numbers: end of the state in ms (0: forget), as-of in ms (0:
-- none), maximum keys (0: no bounds, remember nothing), maximum bytes, maximum topics
local topic = ARGV[10] -- string: topic of the log; absent for a tenant's
if keep == '' then
  keep = nil
end

-- Returns the limits. A function, because most calls need none of them.
local function bounds()
  local numbers = {}
  for number in string.gmatch(limits, '%d+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  return unpack(numbers)
end

local last_window = #KEYS
if topic then
  last_window = last_window - (keep and 7 or 3)
elseif keep then
  last_window = last_window - 3
end
for i = first_window, last_window do
  local first = redis.call('HGET', KEYS[i], event)
  if first then
    local space = string.find(first, ' ', 1, true)
    return {'duplicate', string.sub(first, 1, space - 1), string.sub(first, space + 1)}
  end
end

-- Counting all ids takes one command per hash. So after a count, half of the remaining capacity is
-- filled before the next one. The hash stores the length at which to count again under the empty name,
-- which is not a valid event id.
local remembered, count_at = redis.call('HLEN', memory), nil
if last_window >= first_window and remembered >= tonumber(redis.call('HGET', memory, '') or 0) then
  local _, max_ids = bounds()
  if max_ids > 0 then
    local room = max_ids
    for i = first_window, last_window do
      room = room - redis.call('HLEN', KEYS[i]) + redis.call('HEXISTS', KEYS[i], '')
    end
    if room <= 0 then
      return {'full'}
    end
    count_at = remembered + math.ceil(room / 2)
  end
end

local epoch, top, bytes, look, brim, due, _, state = open_log(stream, meta, epoch_suffix, keep)
local now = now_ms()
local offset = top + 1
local stored = stored_tail ~= '' and stored_tail or tail
local written = bytes + #stored
local position, total, ms = digits(offset), digits(written), digits(now)
local id = epoch .. ':' .. position

-- What the log of a topic takes is charged to the tenant ahead, so that this is not needed for every event:
-- 'brim' is at the end of what is charged.
local topics, topic_ends, topic_bytes, charged
if topic then
  topics, topic_ends, topic_bytes = KEYS[#KEYS - 2], KEYS[#KEYS - 1], KEYS[#KEYS]
end
if topic and (not state[1] or written > brim or now >= due) then
  local _, _, _, max_age, max_bytes, meta_seconds, max_topics, max_sum = bounds()
  local has_room, _, count_topic = topic_functions(topics, max_topics)
  if not state[1] and max_topics > 0 and not has_room() then
    redis.call('DEL', meta)
    return {'limit', 'topics'}
  end
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', topic_ends, '-inf', ms, 'LIMIT', 0, 100)) do
    local freed = redis.call('HGET', topic_bytes, other)
    if freed then
      redis.call('HINCRBY', topic_bytes, '', string.format('%.0f', -freed))
      redis.call('HDEL', topic_bytes, other)
    end
    redis.call('ZREM', topic_ends, other)
  end
  local size = #stored
  if redis.call('EXISTS', stream) == 1 then
    size = math.max(size, math.min(written - (redis.call('HGET', meta, 'floor') or 0), max_bytes))
  end
  local known = redis.call('HMGET', topic_bytes, topic, '')
  local before = (known[1] or 0) + 0
  local room = max_sum > 0 and max_sum - (known[2] or 0) + before or math.huge
  if size > room then
    if not state[1] then
      redis.call('DEL', meta)
    end
    return {'limit', 'topic_bytes'}
  end
  charged = math.max(size, math.min(math.floor(size * 1.25) + 4096, max_bytes, room))
  redis.call('HSET', topic_bytes, topic, digits(charged))
  redis.call('HINCRBY', topic_bytes, '', string.format('%.0f', charged - before))
  redis.call('ZADD', topic_ends, 'NX', digits(now + max_age + math.floor(max_age / 4)), topic)
  if not state[1] then
    count_topic(topic, meta_seconds)
  end
end

-- Ends of states are indexed in steps of this many ms, rounded up, so that most updates of a key need
-- not move it there. As in list_kept.
local STEP = 64000

-- Decides on the state before anything of the event is written.
local values, places, ends, kept_topics, keys
local value, old, old_end, place, keep_end, since, lives, kept_bytes
if keep then
  values, places, ends, kept_topics =
    KEYS[last_window + 1], KEYS[last_window + 2], KEYS[last_window + 3], KEYS[last_window + 4]
  local end_digits, as_of, max_keys, max_bytes, max_topics =
    string.match(keep_numbers, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  keep_end, as_of, max_keys = end_digits + 0, as_of + 0, max_keys + 0

  -- Offsets start again with an epoch; places continue behind the last one. As in open_kept.
  local base = state[9]
  since, lives, kept_bytes = state[10], (state[13] or 0) + 0, (state[11] or 0) + 0
  if state[8] ~= epoch then
    if not state[8] then
      redis.call('DEL', values, places, ends)
    end
    base, since = redis.call('ZREVRANGE', places, 0, 0, 'WITHSCORES')[2] or '0', ms
    redis.call('HSET', meta, 'kept_epoch', epoch, 'kept_base', base, 'kept_since', since)
    local _, _, _, _, _, meta_seconds = bounds()
    redis.call('EXPIRE', meta, meta_seconds)
  end
  place = digits(base + offset)

  local old_written
  old = redis.call('HGET', values, keep)
  if old then
    old_end, old_written = string.match(old, '^(%d+) (%d+) ')
    if old_end + 0 <= now then
      redis.call('HDEL', values, keep)
      redis.call('ZREM', places, keep)
      redis.call('ZREM', ends, keep)
      kept_bytes = kept_bytes - #keep - #old
      old = nil
    end
  end
  -- The number matters for new keys only. An empty hash may have expired as a whole.
  keys = old and 1 or redis.call('HLEN', values)
  if keys == 0 then
    kept_bytes = 0
  end

  if as_of > 0 then
    local superseded
    if old then
      superseded = old_written + 0 > as_of
    else
      superseded = keep_end == 0 or (state[12] or 0) + 0 > as_of
    end
    if superseded then
      redis.call('HSET', meta, 'kept_bytes', digits(kept_bytes))
      if max_keys > 0 then
        redis.call('HSET', memory, event, '- ' .. answer)
        if remembered == 0 then
          redis.call('EXPIRE', memory, (bounds()))
        end
      end
      return {'superseded'}
    end
  end

  if keep_end > 0 then
    value = end_digits .. ' ' .. ms .. ' ' .. id .. ' ' .. stored
  end
  -- Most events update a key within the bounds.
  local more = value and max_keys > 0 and #value - (old and #old or -#keep)
  if more and (not old or (more > 0 and kept_bytes + more > 2 * max_bytes)) then
    local function refusal()
      if not old and keys >= max_keys then
        return 'keys'
      end
      return more > 0 and kept_bytes + more > (old and 2 or 1) * max_bytes and 'bytes'
    end
    local bound = refusal()
    if bound or (not old and keys % 32 == 31) then
      local expired = redis.call('ZRANGEBYSCORE', ends, '-inf', ms, 'LIMIT', 0, bound and 100 or 64)
      for _, member in ipairs(expired) do
        local its_value = redis.call('HGET', values, member)
        redis.call('HDEL', values, member)
        redis.call('ZREM', places, member)
        redis.call('ZREM', ends, member)
        if its_value then
          keys, kept_bytes = keys - 1, kept_bytes - #member - #its_value
        end
      end
      bound = refusal()
    end
    if not bound and topic and keys == 0 then
      redis.call('ZREMRANGEBYSCORE', kept_topics, '-inf', ms)
      if redis.call('ZCARD', kept_topics) >= max_topics + 0
        and not redis.call('ZSCORE', kept_topics, topic) then
        bound = 'topics'
      end
    end
    if bound then
      redis.call('HSET', meta, 'kept_bytes', digits(kept_bytes))
      return {'kept_full', bound}
    end
  end
  answer = answer .. ' ' .. since
end

local begins = not redis.call(
  'XADD', stream, 'NOMKSTREAM', position .. '-0', 'd', stored, 't', ms, 'b', total)
if begins then
  redis.call('XADD', stream, position .. '-0', 'd', stored, 't', ms, 'b', total)
end
if keep then
  local was_empty = keys == 0
  if old then
    kept_bytes = kept_bytes - #keep - #old
  end
  if value then
    kept_bytes = kept_bytes + #keep + #value
    redis.call('HSET', meta, 'top', position, 'bytes', total, 'kept_bytes', digits(kept_bytes))
    redis.call('HSET', values, keep, value)
    redis.call('ZADD', places, place, keep)
    local step = math.ceil(keep_end / STEP)
    if not old or math.ceil(old_end / STEP) ~= step then
      redis.call('ZADD', ends, digits(step * STEP), keep)
    end
    -- The keys live until a day after the last end, so that this is not needed for every event.
    if keep_end > lives or was_empty then
      lives = digits(math.max(lives, keep_end + 86400000))
      redis.call('PEXPIREAT', values, lives)
      redis.call('PEXPIREAT', places, lives)
      redis.call('PEXPIREAT', ends, lives)
      local _, _, _, _, _, meta_seconds = bounds()
      redis.call('HSET', meta, 'kept_lives', lives)
      redis.call('EXPIRE', meta, meta_seconds)
      if topic then
        redis.call('ZADD', kept_topics, lives, topic)
        redis.call('EXPIRE', kept_topics, meta_seconds)
      end
    end
  else
    redis.call('HSET', meta, 'top', position, 'bytes', total, 'kept_bytes', digits(kept_bytes),
      'kept_forgot', ms)
    if old then
      redis.call('HDEL', values, keep)
      redis.call('ZREM', places, keep)
      redis.call('ZREM', ends, keep)
    end
  end
else
  redis.call('HSET', meta, 'top', position, 'bytes', total)
end
redis.call('HSET', memory, event, id .. ' ' .. answer)
if count_at then
  redis.call('HSET', memory, '', count_at)
end
if remembered == 0 then
  redis.call('EXPIRE', memory, (bounds()))
end

-- Maximum events and ms between two checks of the limits.
local LOOK_EVENTS, LOOK_MS = 32, 60000

-- A 'look' of another epoch, left by an older version of this script, may be far ahead.
if begins or offset >= look or look > offset + LOOK_EVENTS or written > brim or now >= due then
  local _, _, max_entries, max_age, max_bytes, meta_seconds = bounds()
  local slack = math.floor(max_entries / 64)
  local last = redis.call('HMGET', meta, 'floor', 'until')
  local floor, expires = tonumber(last[1]), tonumber(last[2])
  local entries = redis.call('XLEN', stream)
  if begins then
    floor = bytes
  end

  -- Returns the fields of an entry: 'd', envelope, 't', ms, 'b', bytes written up to it; nil if another
  -- program deleted it.
  local function fields_at(number)
    local at = digits(number) .. '-0'
    local entry = redis.call('XRANGE', stream, at, at)[1]
    return entry and entry[2]
  end

  local function must_go(number, fields)
    return not fields
      or offset - number >= max_entries
      or written - tonumber(fields[6]) + #fields[2] > max_bytes
      or tonumber(fields[4]) < now - max_age
  end

  -- Trims the oldest entries. Offsets have no gaps, and every entry to trim is older than every entry to
  -- keep. The boundary is usually near the last entry to trim by number, or near the oldest entry: the
  -- search starts there with growing steps until it passes the boundary.
  if entries > 1 then
    local last_gone = offset - math.min(entries - 1, max_entries)
    local first_kept, step = offset, 1
    local gone = fields_at(last_gone)
    if must_go(last_gone, gone) then
      while first_kept - last_gone > 1 do
        local middle = math.min(last_gone + step, first_kept - 1)
        local fields = fields_at(middle)
        if must_go(middle, fields) then
          last_gone, gone, step = middle, fields, step * 2
        else
          first_kept, step = middle, math.max(1, math.floor((middle - last_gone) / 2))
        end
      end
      floor = gone and tonumber(gone[6]) or floor
      redis.call('XTRIM', stream, 'MINID', digits(first_kept) .. '-0')
      entries = offset - first_kept + 1
    end
  end

  -- Expiries are renewed only occasionally: each renewal costs as much as storing the event.
  if begins or expires - now < max_age then
    expires = now + max_age + math.floor(max_age / 4)
    redis.call('PEXPIREAT', stream, expires)
    redis.call('EXPIRE', meta, meta_seconds)
    if topic then
      local _, _, count_topic = topic_functions(topics)
      count_topic(topic, meta_seconds)
      redis.call('ZADD', topic_ends, digits(expires), topic)
      redis.call('EXPIRE', topic_ends, meta_seconds)
      redis.call('EXPIRE', topic_bytes, meta_seconds)
    end
  end
  local growth = max_bytes
  if topic then
    growth = math.min(growth, (charged or redis.call('HGET', topic_bytes, topic) or 0) + 0)
  end
  look = offset + math.max(1, math.min(LOOK_EVENTS, max_entries + slack - entries + 1))
  redis.call('HSET', meta, 'floor', floor, 'until', expires, 'touched', now, 'look', look,
    'brim', floor + growth, 'due', math.min(expires - max_age, now + LOOK_MS))
end

-- If the ACL user lacks the channel, the event is in the log all the same: subscribers read it there later.
-- An error would say that nothing was changed.
local envelope, space = '{"id":"' .. id .. '",' .. tail, string.find(channel, ' ', 1, true)
if space then
  redis.pcall('PUBLISH', string.sub(channel, space + 1), envelope)
  channel = string.sub(channel, 1, space - 1)
end
redis.pcall('PUBLISH', channel, envelope)
if keep then
  return id .. ' ' .. since
end
return id
