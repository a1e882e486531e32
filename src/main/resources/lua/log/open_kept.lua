-- require: epoch
-- Begins a snapshot of a log's state. Creates the log if it does not exist, so that an empty log has a
-- cursor; the log of one topic too many is not created.
--
-- Returns {epoch, top offset, place of the top, ms from which the state is complete, Redis time in ms,
-- keys, bytes}
--
-- Atomic because whatever is written behind this top must get a place behind this one: then the pages up
-- to it and the log behind the top together miss nothing.

local stream = KEYS[1] -- stream: the log's entries
local meta = KEYS[2] -- hash: the log's meta
local values = KEYS[3] -- hash: collection/key → end ms, written ms, id, stored envelope tail
local places = KEYS[4] -- zset: collection/key scored by the place of its event
local ends = KEYS[5] -- zset: collection/key scored by the end of the state in ms, rounded up
local topics = KEYS[6] -- zset: the tenant's topics scored by the end of their metas; absent for a tenant's log
local epoch_suffix = ARGV[1] -- string: random part of a new epoch
local meta_seconds = ARGV[2] -- number: how long the meta is kept, in s
local topic = ARGV[3] -- string: topic of the log; absent for a tenant's
local max_topics = tonumber(ARGV[4]) -- number: maximum topics of the tenant

local _, may_be_read, count_topic
if topic then
  _, may_be_read, count_topic = topic_functions(topics, max_topics)
end
if topic and not may_be_read(meta) then
  local ms = digits(now_ms())
  return {'0', '0', '0', ms, ms, 0, '0'}
end
local epoch, top, _, _, _, _, begins, state = open_log(stream, meta, epoch_suffix, true)
local ms = digits(now_ms())
local base, since = state[9], state[10]
-- Offsets start again with an epoch; places continue behind the last one. As in publish_event.
if state[8] ~= epoch then
  if not state[8] then
    redis.call('DEL', values, places, ends)
  end
  base, since = redis.call('ZREVRANGE', places, 0, 0, 'WITHSCORES')[2] or '0', ms
  redis.call('HSET', meta, 'kept_epoch', epoch, 'kept_base', base, 'kept_since', since)
  begins = true
end
if begins then
  redis.call('EXPIRE', meta, meta_seconds)
  if topic then
    count_topic(topic, meta_seconds)
  end
end
local keys = redis.call('HLEN', values)
return {epoch, digits(top), digits(base + top), since, ms, keys, keys > 0 and state[11] or '0'}
