-- require: epoch
-- Reads a log's entries after an offset, together with its epoch and top offset. Creates the log if it
-- does not exist, so that an empty log has a cursor. A log without events is kept only as long as it is
-- read now and then: nodes read the logs they follow every 40 s. The log of one topic too many is not
-- created.
--
-- Returns {epoch, top, offset, envelope tail, offset, envelope tail, …}; without entries if the epoch
-- differs from the caller's
--
-- Atomic because entries read at a different moment than the epoch or the top could hide a lost write.

local stream = KEYS[1] -- stream: the log's entries
local meta = KEYS[2] -- hash: the log's meta
local topics = KEYS[3] -- zset: the tenant's topics scored by the end of their metas; absent for a tenant's log
local known_epoch = ARGV[1] -- string: the epoch the caller knows, '' to learn only the top
local after = ARGV[2] -- number: read entries with a higher offset
local max_entries = ARGV[3] -- number: maximum entries to return
local epoch_suffix = ARGV[4] -- string: random part of a new epoch
local empty_seconds = ARGV[5] -- number: how long the meta of a log without events is kept, in s
local max_bytes = ARGV[6] -- number: maximum bytes of tails, exceeded by at most one entry; 0: no limit
local topic = ARGV[7] -- string: topic of the log; absent for a tenant's
local max_topics = tonumber(ARGV[8]) -- number: maximum topics of the tenant

local _, may_be_read, count_topic
if topic then
  _, may_be_read, count_topic = topic_functions(topics, max_topics)
end
if topic and not may_be_read(meta) then
  return {'0', '0'}
end
local epoch, top = open_log(stream, meta, epoch_suffix)
if top == 0 then
  redis.call('EXPIRE', meta, empty_seconds)
  if topic then
    count_topic(topic, empty_seconds)
  end
end
local answer = {epoch, string.format('%.0f', top)}
local entries_left, bytes_left = tonumber(max_entries), tonumber(max_bytes)
if bytes_left == 0 then
  bytes_left = math.huge
end
local from = tonumber(after)
while known_epoch == epoch and from < top and entries_left > 0 and bytes_left > 0 do
  local step = bytes_left < math.huge and math.min(entries_left, 16) or entries_left
  local entries = redis.call('XRANGE', stream, string.format('%.0f-0', from + 1), '+', 'COUNT', step)
  for _, entry in ipairs(entries) do
    local offset = string.match(entry[1], '^%d+')
    answer[#answer + 1] = offset
    answer[#answer + 1] = entry[2][2]
    from = tonumber(offset)
    bytes_left = bytes_left - #entry[2][2]
    if bytes_left <= 0 then
      break
    end
  end
  entries_left = entries_left - step
  if #entries < step then
    break
  end
end
return answer
