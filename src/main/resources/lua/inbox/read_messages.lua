-- require: inbox
-- Reads messages after a number, oldest first; nothing is removed but what is too old.
--
-- KEYS[1] = list     KEYS[2] = index
-- ARGV[1] = number after which to read     ARGV[2] = most messages     ARGV[3] = most bytes
-- Returns {number, event id, envelope, number, event id, envelope, …}; at least one if there is one
--
-- Atomic because a message removed between the reads would move those behind it past the reader.

expire()
local after, most, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local answer = {}
local from = 0
while true do
  local chunk = redis.call('LRANGE', LIST, from, from + 31)
  for _, envelope in ipairs(chunk) do
    local event = event_of(envelope)
    local number = entry_of(event)
    if number and number > after then
      room = room - #envelope
      if #answer > 0 and (room < 0 or #answer >= 3 * most) then
        return answer
      end
      answer[#answer + 1] = whole(number)
      answer[#answer + 1] = event
      answer[#answer + 1] = envelope
    end
  end
  if #chunk < 32 then
    forget_if_empty()
    return answer
  end
  from = from + 32
end
