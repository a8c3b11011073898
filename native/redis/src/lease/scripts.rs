//! What the servers do with leases in one step. A lease is a key with its token, which ends by itself; who
//! waits for one leaves a mark beside it, so that nothing is published where nobody waits.

use crate::connection::Script;

/// KEYS 1: a lease. ARGV: a token, and for how many milliseconds it is lent. For how many milliseconds
/// another has it, or -1 when it is lent.
pub(super) static ACQUIRE: Script = Script::new(
    "local v = redis.pcall('GET', KEYS[1])
if type(v) == 'string' and v ~= ARGV[1] then
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 then return math.max(left, 1) end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return -1",
);

/// KEYS 1: a lease. ARGV: its token, and for how many milliseconds it is lent from now on. Whether it was.
pub(super) static RENEW: Script = Script::new(
    "if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])",
);

/// KEYS: a lease and its mark. ARGV: the token, the channel and the name. Whether it was lent by that token.
pub(super) static RELEASE: Script = Script::new(
    "if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('UNLINK', KEYS[1])
if redis.call('UNLINK', KEYS[2]) == 1 then redis.pcall('PUBLISH', ARGV[2], ARGV[3]) end
return 1",
);

/// KEYS: a lease and its mark. ARGV: the channel and the name.
pub(super) static REVOKE: Script = Script::new(
    "redis.call('UNLINK', KEYS[1])
if redis.call('UNLINK', KEYS[2]) == 1 then redis.pcall('PUBLISH', ARGV[1], ARGV[2]) end
return 1",
);

/// KEYS: a lease and its mark. Leaves the mark for as long as the lease lasts; whether there is one.
pub(super) static AWAIT: Script = Script::new(
    "local left = redis.call('PTTL', KEYS[1])
if left < 0 then return 0 end
redis.call('SET', KEYS[2], '', 'PX', math.max(left, 1))
return 1",
);
