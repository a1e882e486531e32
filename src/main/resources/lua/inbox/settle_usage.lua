-- require: usage
-- Records the true size of an inbox, instead of what was reserved for it.
--
-- Returns 1 if it was recorded, 0 if a later size is known
--
-- Atomic because the sum must be that of the entries, whatever arrives at the same moment.

local user = ARGV[1] -- string: the user whose inbox it is
local bytes = tonumber(ARGV[2]) -- number: bytes of its messages
local stamp = tonumber(ARGV[3]) -- number: Redis TIME in us at which it had them
local keep_ms = tonumber(ARGV[4]) -- number: how long a message is kept, in ms

local _, known = usage_of(user)
if known and known > stamp then
  return 0
end
if bytes == 0 then
  forget(user)
else
  put(user, bytes, stamp, now_ms() + keep_ms + MARGIN_MS)
  keep_keys(keep_ms)
end
return 1
