-- require: inbox
-- Reads messages after a number, oldest first; nothing is removed but what is too old. What another
-- program pushed must be taken in before, so it is returned instead.
--
-- KEYS[1] = list     KEYS[2] = index
-- ARGV[1] = number after which to read     ARGV[2] = most messages     ARGV[3] = most bytes
-- Returns {'page', number, event id, envelope, number, event id, envelope, …}, with at least one if
--         there is one
--       | {'strangers', message, message, …}
--
-- Atomic because a message removed between the reads would move those behind it past the reader.

expire()
if has_strangers() then
  local strangers = {'strangers'}
  walk(function(_, envelope, number)
    if not number then
      strangers[#strangers + 1] = envelope
    end
    return #strangers <= tonumber(ARGV[2])
  end)
  return strangers
end

local after, most, room = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local answer = {'page'}
walk(function(_, envelope, number)
  if number and number > after then
    room = room - #envelope
    if #answer > 1 and (room < 0 or #answer > 3 * most) then
      return false
    end
    answer[#answer + 1] = whole(number)
    answer[#answer + 1] = event_of(envelope)
    answer[#answer + 1] = envelope
  end
end)
forget_if_empty()
return answer
