-- require: inbox
-- Reads messages after a number, oldest first. Removes only expired messages. Foreign messages must be
-- adopted first, so if there are any, they are returned instead.
--
-- Returns {'page', number, event id, envelope, number, event id, envelope, …}; contains at least one
--         message if there is one
--       | {'foreign', message, message, …}
--
-- Atomic because a message removed between two reads would move the ones after it past the reader.

local after = tonumber(ARGV[1]) -- number: read messages with a higher number
local max_messages = tonumber(ARGV[2]) -- number: maximum messages to return
local max_bytes = tonumber(ARGV[3]) -- number: maximum bytes of envelopes to return

expire()
if has_foreign() then
  local foreign = {'foreign'}
  walk(function(_, envelope, number)
    if not number then
      foreign[#foreign + 1] = envelope
    end
    return #foreign <= max_messages
  end)
  return foreign
end

local bytes_left = max_bytes
local answer = {'page'}
walk(function(_, envelope, number)
  if number and number > after then
    bytes_left = bytes_left - #envelope
    if #answer > 1 and (bytes_left < 0 or #answer > 3 * max_messages) then
      return false
    end
    answer[#answer + 1] = whole(number)
    answer[#answer + 1] = event_of(envelope)
    answer[#answer + 1] = envelope
  end
end)
forget_if_empty()
return answer
