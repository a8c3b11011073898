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

/// Where copies of tokens lie in groups. KEYS 1: a record, the others: the copies of its tokens beside it.
/// ARGV 1: the record's frame, or nothing where that is written apart. 2: its life, 0 for ever. 3 and 4: a claim and its life. Then for each copy
/// its life, and 1 if it is the one that decides. Keeps the record, and claims the copies that are not there;
/// what each copy is then, a claim of ours as nothing.
pub(crate) static WRITE: Script = Script::new(
    "if ARGV[1] == '' then
elseif ARGV[2] == '0' then redis.call('SET', KEYS[1], ARGV[1])
else redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
local all = {}
for i = 2, #KEYS do
  local life, decides = ARGV[2 * i + 1], ARGV[2 * i + 2]
  local v = redis.pcall('GET', KEYS[i])
  if type(v) == 'string' and #v == 17 and (string.byte(v, 1) == 2 or string.byte(v, 1) == 3) then
    all[i - 1] = v
    if string.byte(v, 1) == 2 then
      if life == '0' then redis.call('PERSIST', KEYS[i])
      else redis.call('PEXPIRE', KEYS[i], life, 'GT') end
    end
  elseif decides == '1' then
    all[i - 1] = ''
  else
    redis.call('SET', KEYS[i], ARGV[3], 'PX', ARGV[4])
    all[i - 1] = false
  end
end
return all",
);

/// KEYS: a record, and the lease of its name. ARGV 1: the lease's token. 2 and 3: the record's frame and life,
/// 0 for ever. Keeps the record if the lease is held.
pub(crate) static WRITE_UNDER: Script = Script::new(
    "if redis.pcall('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1",
);

/// KEYS 1: a token. ARGV 1: its life, 0 for ever. It lives so long at least; what it is.
pub(crate) static TOUCH: Script = Script::new(
    "local v = redis.pcall('GET', KEYS[1])
if type(v) ~= 'string' then return false end
if ARGV[1] == '0' then redis.call('PERSIST', KEYS[1])
else redis.call('PEXPIRE', KEYS[1], ARGV[1], 'GT') end
return v",
);

/// KEYS 1: a copy. ARGV 1: what it is. 2: what it becomes if it is that. 3: for how long, 0 for ever.
pub(crate) static EXCHANGE: Script = Script::new(
    "if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1",
);
