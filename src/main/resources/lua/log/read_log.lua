-- require: epoch
-- Reads a log's entries after a place, together with its epoch and top; begins the log if there is
-- none yet, so that an empty log has a cursor.
--
-- KEYS[1] = stream of the log        KEYS[2] = its meta
-- ARGV[1] = epoch the caller knows, or '' to learn only the top
-- ARGV[2] = offset after which to read       ARGV[3] = most entries
-- ARGV[4] = random part of a new epoch       ARGV[5] = seconds the meta is kept
-- ARGV[6] = most bytes of tails, passed by at most one entry; 0 for any number
-- Returns {epoch, top, offset, envelope tail, offset, envelope tail, …}; no entries if the epoch is
-- another than the caller's.
--
-- Atomic because entries read beside an epoch or top of another moment could hide a lost write.

local epoch, top, _, _, _, _, begins = open_log(KEYS[1], KEYS[2], ARGV[4])
if begins then
  redis.call('EXPIRE', KEYS[2], ARGV[5])
end
local answer = {epoch, string.format('%.0f', top)}
local left, room = tonumber(ARGV[3]), tonumber(ARGV[6])
if room == 0 then
  room = math.huge
end
local from = tonumber(ARGV[2])
while ARGV[1] == epoch and from < top and left > 0 and room > 0 do
  local step = room < math.huge and math.min(left, 16) or left
  local entries = redis.call('XRANGE', KEYS[1], string.format('%.0f-0', from + 1), '+', 'COUNT', step)
  for _, entry in ipairs(entries) do
    local offset = string.match(entry[1], '^%d+')
    answer[#answer + 1] = offset
    answer[#answer + 1] = entry[2][2]
    from = tonumber(offset)
    room = room - #entry[2][2]
    if room <= 0 then
      break
    end
  end
  left = left - step
  if #entries < step then
    break
  end
end
return answer
