-- require: epoch
-- Assigns an event the next position in its log, stores it there and publishes it, once per event id.
--
-- Returns the id if the event was published | {'duplicate', first id, rest of its answer} | {'full'}
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
local channel = ARGV[1] -- string: the channel to publish on
local tail = ARGV[2] -- string: the envelope from "event_id" on
local event = ARGV[3] -- string: the event id
local answer = ARGV[4] -- string: the rest of the answer to remember
local stored_tail = ARGV[5] -- string: what the log stores instead of the tail, '' for the tail
local epoch_suffix = ARGV[6] -- string: random part of a new epoch
local limits = ARGV[7] -- string: six numbers: seconds to remember an id, maximum remembered ids (0: no
-- limit), maximum entries, maximum age of an entry in ms, maximum bytes, seconds to keep the meta

-- Returns the six limits. A function, because most calls need none of them.
local function bounds()
  local numbers = {}
  for number in string.gmatch(limits, '%d+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  return numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]
end

for i = first_window, #KEYS do
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
if #KEYS >= first_window and remembered >= tonumber(redis.call('HGET', memory, '') or 0) then
  local _, max_ids = bounds()
  if max_ids > 0 then
    local room = max_ids
    for i = first_window, #KEYS do
      room = room - redis.call('HLEN', KEYS[i]) + redis.call('HEXISTS', KEYS[i], '')
    end
    if room <= 0 then
      return {'full'}
    end
    count_at = remembered + math.ceil(room / 2)
  end
end

local epoch, top, bytes, look, brim, due = open_log(stream, meta, epoch_suffix)
local now = now_ms()
local offset = top + 1
local kept = stored_tail ~= '' and stored_tail or tail
local written = bytes + #kept
local position, total, ms = digits(offset), digits(written), digits(now)
local id = epoch .. ':' .. position

local begins = not redis.call(
  'XADD', stream, 'NOMKSTREAM', position .. '-0', 'd', kept, 't', ms, 'b', total)
if begins then
  redis.call('XADD', stream, position .. '-0', 'd', kept, 't', ms, 'b', total)
end
redis.call('HSET', meta, 'top', position, 'bytes', total)
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
  end
  look = offset + math.max(1, math.min(LOOK_EVENTS, max_entries + slack - entries + 1))
  redis.call('HSET', meta, 'floor', floor, 'until', expires, 'touched', now, 'look', look,
    'brim', floor + max_bytes, 'due', math.min(expires - max_age, now + LOOK_MS))
end

-- If the ACL user lacks the channel, the event is in the log all the same: subscribers read it there later.
-- An error would say that nothing was changed.
redis.pcall('PUBLISH', channel, '{"id":"' .. id .. '",' .. tail)
return id
