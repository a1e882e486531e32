-- require: epoch
-- Gives an event the next place in its log, keeps it there, and publishes it; once per event id.
--
-- KEYS[1] = stream of the log        KEYS[2] = its meta
-- KEYS[3] = hash that remembers the event id
-- KEYS[4…] = hashes in which the id may stand already (none for an id made just now)
-- ARGV[1] = channel                  ARGV[2] = envelope from "event_id" on
-- ARGV[3] = event id                 ARGV[4] = rest of the answer to remember
-- ARGV[5] = what the log keeps instead of ARGV[2], or ''
-- ARGV[6] = random part of a new epoch
-- ARGV[7] = six numbers: seconds to remember an id, most remembered ids (0 = any number), most
--           entries, oldest entry in ms, most bytes, seconds the meta is kept
-- Returns id, if it was published | {'duplicate', first id, rest of its answer} | {'full'}
--
-- Atomic because an offset given out but not published, or published twice, would be a hole or a
-- repeat for every session of the tenant, and because two callers may bring the same event id.
--
-- Runs for every event, so it does no more than must be done for every event: a command costs more
-- than all else here. Bounds are looked at when the meta says that one may be passed: from the offset
-- 'look', above 'brim' bytes, or from 'due' ms on. An older version, which knows nothing of these
-- three, may write the same log while nodes are replaced one by one.

local stream, meta, memory, event = KEYS[1], KEYS[2], KEYS[3], ARGV[3]

local function bounds()
  local numbers = {}
  for number in string.gmatch(ARGV[7], '%d+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  return numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]
end

for i = 4, #KEYS do
  local first = redis.call('HGET', KEYS[i], event)
  if first then
    local space = string.find(first, ' ', 1, true)
    return {'duplicate', string.sub(first, 1, space - 1), string.sub(first, space + 1)}
  end
end

-- Counting all ids takes a command for each hash. So after a count, half of the room that was left is
-- filled before the next; the length at which to count stands beside the ids, under no id's name.
local remembered, count_at = redis.call('HLEN', memory), nil
if #KEYS > 3 and remembered >= tonumber(redis.call('HGET', memory, '') or 0) then
  local _, most = bounds()
  if most > 0 then
    local room = most
    for i = 4, #KEYS do
      room = room - redis.call('HLEN', KEYS[i]) + redis.call('HEXISTS', KEYS[i], '')
    end
    if room <= 0 then
      return {'full'}
    end
    count_at = remembered + math.ceil(room / 2)
  end
end

local epoch, top, bytes, look, brim, due = open_log(stream, meta, ARGV[6])
local now = now_ms()
local offset = top + 1
local kept = ARGV[5] ~= '' and ARGV[5] or ARGV[2]
local written = bytes + #kept
local place, total, ms = digits(offset), digits(written), digits(now)
local id = epoch .. ':' .. place

local begins = not redis.call(
  'XADD', stream, 'NOMKSTREAM', place .. '-0', 'd', kept, 't', ms, 'b', total)
if begins then
  redis.call('XADD', stream, place .. '-0', 'd', kept, 't', ms, 'b', total)
end
redis.call('HSET', meta, 'top', place, 'bytes', total)
redis.call('HSET', memory, event, id .. ' ' .. ARGV[4])
if count_at then
  redis.call('HSET', memory, '', count_at)
end
if remembered == 0 then
  redis.call('EXPIRE', memory, (bounds()))
end

-- How many events may pass between two looks, and how long that may take.
local LOOK_EVENTS, LOOK_MS = 32, 60000

-- 'look' of another epoch, left by an older version of this script, may be far away.
if begins or offset >= look or look > offset + LOOK_EVENTS or written > brim or now >= due then
  local _, _, max_entries, max_age, max_bytes, meta_seconds = bounds()
  local slack = math.floor(max_entries / 64)
  local last = redis.call('HMGET', meta, 'floor', 'until')
  local floor, expires = tonumber(last[1]), tonumber(last[2])
  local entries = redis.call('XLEN', stream)
  if begins then
    floor = bytes
  end

  -- The fields of an entry: 'd', envelope, 't', ms, 'b', bytes written up to it; nil if somebody
  -- took it away.
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

  -- Cuts the oldest entries. Places have no gaps, and whoever must go is older than whoever stays.
  -- The border is most often near the first that must go by number, or the oldest: steps grow from
  -- there until they pass it.
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

  -- Expiries are renewed only now and then: each costs as much as keeping the event.
  if begins or expires - now < max_age then
    expires = now + max_age + math.floor(max_age / 4)
    redis.call('PEXPIREAT', stream, expires)
    redis.call('EXPIRE', meta, meta_seconds)
  end
  look = offset + math.max(1, math.min(LOOK_EVENTS, max_entries + slack - entries + 1))
  redis.call('HSET', meta, 'floor', floor, 'until', expires, 'touched', now, 'look', look,
    'brim', floor + max_bytes, 'due', math.min(expires - max_age, now + LOOK_MS))
end

redis.call('PUBLISH', ARGV[1], '{"id":"' .. id .. '",' .. ARGV[2])
return id
