-- require: epoch
-- Reads a log's entries after a place, together with its epoch and top; begins the log if there is
-- none yet, so that an empty log has a cursor.
--
-- KEYS[1] = stream of the log        KEYS[2] = its meta
-- ARGV[1] = epoch the caller knows, or '' to learn only the top
-- ARGV[2] = offset after which to read       ARGV[3] = most entries
-- ARGV[4] = random part of a new epoch       ARGV[5] = seconds the meta is kept
-- Returns {epoch, top, offset, envelope tail, offset, envelope tail, …}; no entries if the epoch is
-- another than the caller's.
--
-- Atomic because entries read beside an epoch or top of another moment could hide a lost write.

local epoch, top = open_log(KEYS[1], KEYS[2], ARGV[4], ARGV[5])
local answer = {epoch, string.format('%.0f', top)}
if ARGV[1] == epoch and tonumber(ARGV[2]) < top then
  local from = string.format('%.0f-0', tonumber(ARGV[2]) + 1)
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[3])) do
    answer[#answer + 1] = string.match(entry[1], '^%d+')
    answer[#answer + 1] = entry[2][2]
  end
end
return answer
