import { APPEND_FUNCTION } from '@parley/kit/sequencedLog';

/**
 * Every script works on one session, with the same keys and first arguments, so that state, indexes and the fact about
 * them change in one step. Seats are JSON; a departure's member is "session participant".
 */
const PRELUDE = `
${APPEND_FUNCTION}
local session, participants, departures, empty, live, stream, counter, former, placement, rooms, homeless =
  unpack(KEYS)
local sid, channel, seenSeconds = ARGV[1], ARGV[2], ARGV[3]
local function arg(n) return ARGV[3 + n] end
local function tell(seen, body) return append(stream, counter, seen, body, channel, seenSeconds) end
local function counted() return redis.call('EXISTS', counter) == 1 end
local function exists() return redis.call('EXISTS', session) == 1 end
local function seatOf(pid)
  local text = redis.call('HGET', participants, pid)
  return text and cjson.decode(text), text
end
local function put(pid, seat)
  local text = cjson.encode(seat)
  redis.call('HSET', participants, pid, text)
  return text
end
local function member(pid) return sid .. ' ' .. pid end
-- Who has left is used up; a locked session is closed to who is new in it, but not to owners.
local function barred(pid, role)
  local was = redis.call('HGET', former, pid)
  if was == 'left' or was == 'removed' then return was end
  if not was and role ~= 'owner' and redis.call('HGET', session, 'locked') then return 'locked' end
end
local function room(mixer) return mixer .. ' ' .. sid end
`;

/** settings, createdAt, seen, body → created | taken */
export const CREATE = `${PRELUDE}
if exists() or counted() then return {'taken'} end
redis.call('HSET', session, 'settings', arg(1), 'createdAt', arg(2))
redis.call('ZADD', live, arg(2), sid)
redis.call('ZADD', empty, arg(2), sid)
redis.call('SET', counter, 0)
tell(arg(3), arg(4))
return {'created'}
`;

/** participant, seat, max, until → missing | full | locked | left | removed | reserved seat | kept seat */
export const RESERVE = `${PRELUDE}
if not exists() then return {'missing'} end
local pid = arg(1)
local seat, text = seatOf(pid)
if seat then
  local due = redis.call('ZSCORE', departures, member(pid))
  if due and tonumber(due) < tonumber(arg(4)) then redis.call('ZADD', departures, arg(4), member(pid)) end
  return {'kept', text}
end
local why = barred(pid, cjson.decode(arg(2)).role)
if why then return {why} end
if redis.call('HLEN', participants) >= tonumber(arg(3)) then return {'full'} end
redis.call('HSET', participants, pid, arg(2))
redis.call('ZADD', departures, arg(4), member(pid))
return {'reserved', arg(2)}
`;

/**
 * participant, seat, max, seen, body
 * → missing | full | locked | left | removed | no-counter | joined seat previous | resumed seat previous
 */
export const JOIN = `${PRELUDE}
if not exists() then return {'missing'} end
local pid = arg(1)
local wanted = cjson.decode(arg(2))
local seat = seatOf(pid)
local first = not seat or seat.state == 'reserved'
local why = first and barred(pid, wanted.role)
if why then return {why} end
if not seat and redis.call('HLEN', participants) >= tonumber(arg(3)) then return {'full'} end
if first and not counted() then return {'no-counter'} end
local previous = seat and seat.connection or ''
if first then seat = wanted end
seat.state = 'connected'
seat.connection = wanted.connection
local text = put(pid, seat)
redis.call('ZREM', departures, member(pid))
redis.call('ZREM', empty, sid)
redis.call('HDEL', former, pid)
if not first then return {'resumed', text, previous} end
tell(arg(4), arg(5))
return {'joined', text, previous}
`;

/** participant, connection, until → detached | kept */
export const DETACH = `${PRELUDE}
local pid = arg(1)
local seat = seatOf(pid)
if not seat or seat.connection ~= arg(2) then return {'kept'} end
seat.state = 'away'
seat.connection = ''
put(pid, seat)
redis.call('ZADD', departures, arg(3), member(pid))
return {'detached'}
`;

/** participant, kind, value, now, seen, body, reason → absent | kept | no-counter | left seat */
export const LEAVE = `${PRELUDE}
local pid = arg(1)
local seat, text = seatOf(pid)
if not seat then
  redis.call('ZREM', departures, member(pid))
  return {'absent'}
end
if arg(2) == 'connection' and seat.connection ~= arg(3) then return {'kept'} end
if arg(2) == 'due' then
  local due = redis.call('ZSCORE', departures, member(pid))
  if not due or tonumber(due) > tonumber(arg(3)) then return {'kept'} end
end
local told = seat.state ~= 'reserved'
if told and not counted() then return {'no-counter'} end
redis.call('HDEL', participants, pid)
redis.call('ZREM', departures, member(pid))
if told and exists() then redis.call('HSET', former, pid, arg(7)) end
if exists() and redis.call('HLEN', participants) == 0 then redis.call('ZADD', empty, 'NX', arg(4), sid) end
if told then tell(arg(5), arg(6)) end
return {'left', text}
`;

/** participant, muted (1 or 0), seen, body → missing | unchanged | no-counter | changed */
export const MUTE = `${PRELUDE}
local pid = arg(1)
local seat = seatOf(pid)
if not seat then return {'missing'} end
local muted = arg(2) == '1'
if seat.muted == muted then return {'unchanged'} end
if not counted() then return {'no-counter'} end
seat.muted = muted
put(pid, seat)
tell(arg(3), arg(4))
return {'changed'}
`;

/** participant, silenced (1 or 0), seen, body → missing | unchanged | no-counter | changed */
export const SILENCE = `${PRELUDE}
local pid = arg(1)
local seat = seatOf(pid)
if not seat then return {'missing'} end
local silenced = arg(2) == '1'
if (seat.silenced or false) == silenced then return {'unchanged'} end
if not counted() then return {'no-counter'} end
seat.silenced = silenced
put(pid, seat)
tell(arg(3), arg(4))
return {'changed'}
`;

/** locked (1 or 0), seen, body → missing | unchanged | no-counter | changed */
export const LOCK = `${PRELUDE}
if not exists() then return {'missing'} end
local locked = arg(1) == '1'
if (redis.call('HEXISTS', session, 'locked') == 1) == locked then return {'unchanged'} end
if not counted() then return {'no-counter'} end
if locked then redis.call('HSET', session, 'locked', '1') else redis.call('HDEL', session, 'locked') end
tell(arg(2), arg(3))
return {'changed'}
`;

/** settings as they were read, new ones, seen, body → missing | changed | no-counter | configured mixer */
export const CONFIGURE = `${PRELUDE}
if not exists() then return {'missing'} end
if redis.call('HGET', session, 'settings') ~= arg(1) then return {'changed'} end
if not counted() then return {'no-counter'} end
redis.call('HSET', session, 'settings', arg(2))
tell(arg(3), arg(4))
return {'configured', redis.call('HGET', session, 'mixer') or ''}
`;

/**
 * kind, at, seconds the counter stays, seen, body, then participant, seen, body for each who sits there
 * → missing | kept | changed | no-counter | ended mixer
 */
export const END = `${PRELUDE}
if not exists() then return {'missing'} end
local seats = redis.call('HGETALL', participants)
if arg(1) == 'empty-since' then
  local since = redis.call('ZSCORE', empty, sid)
  if #seats > 0 or not since or tonumber(since) > tonumber(arg(2)) then return {'kept'} end
end
if not counted() then return {'no-counter'} end
local facts = {}
for i = 6, #ARGV - 3, 3 do facts[arg(i)] = {arg(i + 1), arg(i + 2)} end
for i = 1, #seats, 2 do
  if cjson.decode(seats[i + 1]).state ~= 'reserved' and not facts[seats[i]] then return {'changed'} end
end
for i = 1, #seats, 2 do
  redis.call('ZREM', departures, member(seats[i]))
  if facts[seats[i]] then tell(facts[seats[i]][1], facts[seats[i]][2]) end
end
local mixer = redis.call('HGET', session, 'mixer')
redis.call('DEL', session, participants, former)
redis.call('ZREM', live, sid)
redis.call('ZREM', empty, sid)
redis.call('SREM', homeless, sid)
if mixer then redis.call('ZREM', rooms, room(mixer)) end
tell(arg(4), arg(5))
redis.call('EXPIRE', counter, arg(3))
redis.call('EXPIRE', placement, arg(3))
return {'ended', mixer or ''}
`;

/**
 * mixer, since when the room is lost ('' when it is not), seen, body → missing | changed | no-counter
 * | found mixer epoch | claimed mixer epoch former. The epoch grows with each claim; the fact tells the end of a
 * loss.
 */
export const PLACE = `${PRELUDE}
if not exists() then return {'missing'} end
local has = redis.call('HGET', session, 'mixer')
if has then return {'found', has, redis.call('HGET', session, 'epoch') or '0'} end
if (redis.call('HGET', placement, 'lostAt') or '') ~= arg(2) then return {'changed'} end
if arg(2) ~= '' and not counted() then return {'no-counter'} end
local former = redis.call('HGET', placement, 'mixer') or ''
local epoch = redis.call('HINCRBY', placement, 'epoch', 1)
redis.call('HSET', placement, 'mixer', arg(1))
redis.call('HDEL', placement, 'lostAt', 'why')
redis.call('HSET', session, 'mixer', arg(1), 'epoch', epoch)
redis.call('ZADD', rooms, 0, room(arg(1)))
redis.call('SREM', homeless, sid)
if arg(2) ~= '' then tell(arg(3), arg(4)) end
return {'claimed', arg(1), tostring(epoch), former}
`;

/** mixer, epoch (0 for any), now, why ('' when nobody is to have the room for now) → unplaced | kept */
export const UNPLACE = `${PRELUDE}
if redis.call('HGET', session, 'mixer') ~= arg(1) then return {'kept'} end
if arg(2) ~= '0' and redis.call('HGET', session, 'epoch') ~= arg(2) then return {'kept'} end
redis.call('HDEL', session, 'mixer')
redis.call('ZREM', rooms, room(arg(1)))
if arg(4) ~= '' then
  redis.call('HSET', placement, 'lostAt', arg(3), 'why', arg(4))
  redis.call('SADD', homeless, sid)
end
return {'unplaced'}
`;
