-- require: inbox
-- Removes the given messages and no others.
--
-- Returns {messages removed, bytes of the inbox, TIME in us}; without ids only the size is read
--
-- Atomic because list, index and byte count must agree, and because other sessions of the user remove
-- messages at the same moment.

local event_ids = ARGV -- strings: ids of the events to remove

local wanted, left = {}, 0
for _, event in ipairs(event_ids) do
  if not wanted[event] and redis.call('HEXISTS', INDEX, 'e:' .. event) == 1 then
    wanted[event] = true
    left = left + 1
  end
end

local found = {}
local from = 0
while left > 0 do
  local chunk = redis.call('LRANGE', LIST, from, from + 31)
  for _, envelope in ipairs(chunk) do
    local event = event_of(envelope)
    if wanted[event] then
      wanted[event] = nil
      left = left - 1
      found[#found + 1] = envelope
    end
  end
  if #chunk < 32 then
    break
  end
  from = from + 32
end

for _, envelope in ipairs(found) do
  redis.call('LREM', LIST, 1, envelope)
  unindex(event_of(envelope))
end
forget_if_empty()
return {#found, size()}
