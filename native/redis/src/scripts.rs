//! What the servers do in one step. The numbers of `frame.rs` stand in here, too.

use crate::connection::Script;

/// KEYS: records. ARGV 1: what the keys of their tokens begin with. For each record nothing, or the frame,
/// the milliseconds it has left, and the tokens that it names.
pub(crate) static READ: Script = Script::new(
    "local all = {}
for i, key in ipairs(KEYS) do
  local v = redis.pcall('GET', key)
  all[i] = false
  if type(v) == 'string' then
    local one = {v, redis.call('PTTL', key)}
    if string.byte(v, 1) == 1 and #v >= 3 then
      local n, at = struct.unpack('>I2', v, 2)
      local names, length = {}, 0
      for j = 1, n do
        if at + 3 > #v then break end
        length, at = struct.unpack('>I4', v, at)
        names[j] = ARGV[1] .. string.sub(v, at, at + length - 1)
        at = at + length
      end
      for j = 1, #names, 1000 do
        local some = redis.call('MGET', unpack(names, j, math.min(j + 999, #names)))
        for k = 1, #some do one[2 + j + k - 1] = some[k] end
      end
    end
    all[i] = one
  end
end
return all",
);

/// KEYS 1: a record. ARGV 1: its bytes. Deletes it if it has them; whether it had.
pub(crate) static DELETE_IF: Script = Script::new(
    "local v = redis.pcall('GET', KEYS[1])
if type(v) ~= 'string' or #v < 3 then return 0 end
local kind = string.byte(v, 1)
if kind ~= 1 and kind ~= 4 then return 0 end
local n, at = struct.unpack('>I2', v, 2)
local length = 0
for j = 1, n do
  if at + 3 > #v then return 0 end
  length, at = struct.unpack('>I4', v, at)
  at = at + length
end
if #v - at + 1 ~= #ARGV[1] or string.sub(v, at) ~= ARGV[1] then return 0 end
return redis.call('UNLINK', KEYS[1])",
);

/// KEYS: tokens. ARGV: for each its bytes, and how many milliseconds it lives at least, 0 for ever. Keeps
/// those that are not there yet; which are there then.
pub(crate) static CREATE: Script = Script::new(
    "local all = {}
for i, key in ipairs(KEYS) do
  local life = ARGV[2 * i]
  local v = redis.pcall('GET', key)
  if type(v) == 'string' and #v == 17 and string.byte(v, 1) == 2 then
    if life ~= '0' then redis.call('PEXPIRE', key, life, 'GT') end
    all[i] = v
  else
    all[i] = ARGV[2 * i - 1]
    if life == '0' then redis.call('SET', key, all[i])
    else redis.call('SET', key, all[i], 'PX', life) end
  end
end
return all",
);
