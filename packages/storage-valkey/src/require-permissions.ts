/**
 * The part of a script that looks, before it changes anything, whether its user may carry out every command that a
 * script here can need: the server takes nothing back that a script has done when a later command is refused.
 */
export const requirePermissions = `
for _, call in ipairs({
  {'DEL', base}, {'EXISTS', base}, {'HDEL', base, ''}, {'HEXISTS', base, ''}, {'HGET', base, ''},
  {'HGETALL', base}, {'HINCRBY', base, '', 1}, {'HKEYS', base}, {'HMGET', base, ''}, {'HSET', base, '', ''},
  {'HVALS', base}, {'PEXPIRE', base, 1}, {'SADD', base, ''}, {'UNLINK', base}, {'ZADD', base, 0, ''},
  {'ZMSCORE', base, ''}, {'ZREM', base, ''}, {'ZREMRANGEBYSCORE', base, 0, 0}, {'ZSCORE', base, ''},
  {'ZUNIONSTORE', base, 1, base},
}) do
  if not redis.acl_check_cmd(unpack(call)) then return redis.error_reply('NOPERM ' .. call[1]) end
end
`;
