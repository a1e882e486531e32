-- require: epoch
-- Gives an event the next place in its log, keeps it there, and publishes it; once per event id.
--
-- KEYS[1] = stream of the log        KEYS[2] = its meta
-- KEYS[3] = hash that remembers the event id
-- KEYS[4…] = hashes in which the id may stand already (none for an id made just now)
-- ARGV[1] = channel                  ARGV[2] = envelope from "event_id" on
-- ARGV[3] = event id                 ARGV[4] = rest of the answer to remember
-- ARGV[5] = seconds to remember      ARGV[6] = most remembered ids, 0 = any number
-- ARGV[7] = most entries             ARGV[8] = oldest entry in ms     ARGV[9] = most bytes
-- ARGV[10] = random part of a new epoch     ARGV[11] = seconds the meta is kept
-- ARGV[12] = what the log keeps instead of ARGV[2], or ''
-- Returns {'published', id} | {'duplicate', first id, rest of its answer} | {'full'}
--
-- Atomic because an offset given out but not published, or published twice, would be a hole or a
-- repeat for every session of the tenant, and because two callers may bring the same event id.

local remembered = 0
for i = 4, #KEYS do
  local first = redis.call('HGET', KEYS[i], ARGV[3])
  if first then
    local space = string.find(first, ' ', 1, true)
    return {'duplicate', string.sub(first, 1, space - 1), string.sub(first, space + 1)}
  end
  if ARGV[6] ~= '0' then
    remembered = remembered + redis.call('HLEN', KEYS[i])
  end
end
if ARGV[6] ~= '0' and remembered >= tonumber(ARGV[6]) then
  return {'full'}
end

local stream, meta = KEYS[1], KEYS[2]
local max_entries, max_age, max_bytes = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local epoch, top, bytes, floor, expires = open_log(stream, meta, ARGV[10], ARGV[11])
local offset = top + 1
local id = epoch .. ':' .. offset
local now = now_ms()
local kept = ARGV[12] ~= '' and ARGV[12] or ARGV[2]
local written = bytes + #kept

redis.call('XADD', stream, string.format('%.0f-0', offset), 'd', kept, 't', now, 'b', written)
local entries = redis.call('XLEN', stream)
if entries == 1 then
  floor = bytes
end

-- The fields of an entry: 'd', envelope, 't', ms, 'b', bytes written up to it; nil if somebody took
-- it away.
local function fields_at(place)
  local at = string.format('%.0f-0', place)
  local entry = redis.call('XRANGE', stream, at, at)[1]
  return entry and entry[2]
end

local function must_go(place, fields)
  return not fields
    or offset - place >= max_entries
    or written - tonumber(fields[6]) + #fields[2] > max_bytes
    or tonumber(fields[4]) < now - max_age
end

-- Cuts the oldest entries. Looks only when a bound is passed, or every 32nd event for the age. Places
-- have no gaps, and whoever must go is older than whoever stays: halving finds the border.
local over = entries > max_entries + math.floor(max_entries / 64) or written - floor > max_bytes
if entries > 1 and (over or offset % 32 == 0) then
  local last_gone, first_kept = offset - entries + 1, offset
  local gone = fields_at(last_gone)
  if must_go(last_gone, gone) then
    while first_kept - last_gone > 1 do
      local middle = math.floor((first_kept + last_gone) / 2)
      local fields = fields_at(middle)
      if must_go(middle, fields) then
        last_gone, gone = middle, fields
      else
        first_kept = middle
      end
    end
    floor = gone and tonumber(gone[6]) or floor
    redis.call('XTRIM', stream, 'MINID', string.format('%.0f-0', first_kept))
  end
end

-- Expiries are renewed only now and then: each costs as much as keeping the event.
if entries == 1 or expires - now < max_age then
  expires = now + max_age + math.floor(max_age / 4)
  redis.call('PEXPIREAT', stream, expires)
  redis.call('EXPIRE', meta, ARGV[11])
end
redis.call(
  'HSET', meta, 'top', offset, 'bytes', written, 'floor', floor, 'until', expires, 'touched', now)
redis.call('HSET', KEYS[3], ARGV[3], id .. ' ' .. ARGV[4])
if redis.call('HLEN', KEYS[3]) == 1 then
  redis.call('EXPIRE', KEYS[3], ARGV[5])
end
redis.call('PUBLISH', ARGV[1], '{"id":"' .. id .. '",' .. ARGV[2])
return {'published', id}
