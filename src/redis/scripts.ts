/**
 * The guarded operations on a session, as Lua: each is atomic on the node that has the key.
 *
 * Invariants: (1) expiry is checked by the clock of that node, inside the script, and never by the key's own
 * time to live, which only frees memory; (2) no script revives a session; (3) every key of a script is in one
 * hash slot and is passed in KEYS, so that scripts run on a cluster.
 */

import { createHash } from 'node:crypto'
import { recordFields } from './record-fields.js'

/** A script with the digest that identifies it on a server. */
export interface Script {
  readonly text: string
  readonly sha: string
}

const prelude = `
local fields = { ${recordFields.map((field) => `'${field}'`).join(', ')} }
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function whole(number)
  return string.format('%.0f', number)
end
local function live(key)
  local record = redis.call('HMGET', key, unpack(fields))
  local now = clock()
  if not record[1] or tonumber(record[6]) <= now or tonumber(record[7]) <= now then return nil end
  return record, now
end
`

function script(body: string): Script {
  const text = prelude + body
  // The digest is how Redis identifies a script (EVALSHA). It protects nothing.
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/**
 * KEYS: session. ARGV: idle and absolute lifetime in ms, then names and values of fields. Returns the record.
 */
export const createSession = script(`
local now = clock()
local ends = now + ARGV[2]
local idle = math.min(now + ARGV[1], ends)
redis.call('HSET', KEYS[1], 'created', whole(now), 'seen', whole(now), 'idle', whole(idle), 'ends', whole(ends),
  unpack(ARGV, 3))
redis.call('PEXPIREAT', KEYS[1], whole(idle))
return redis.call('HMGET', KEYS[1], unpack(fields))
`)

/** KEYS: session. ARGV: hash of the secret, or an empty text to skip comparing it. Returns the record. */
export const readSession = script(`
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'secret') ~= ARGV[1] then return false end
return live(KEYS[1]) or false
`)

/**
 * KEYS: sessions. ARGV: for each, the argument of `readSession`. Returns a record or nothing for each, in
 * that order.
 */
export const readSessions = script(`
local found = {}
for index, key in ipairs(KEYS) do
  local proof = ARGV[index]
  local known = proof == '' or redis.call('HGET', key, 'secret') == proof
  found[index] = known and live(key) or false
end
return found
`)

/** KEYS: session. ARGV: least time between two renewals, in ms. Returns the record when a renewal is due. */
export const readDueSession = script(`
local record, now = live(KEYS[1])
if not record or tonumber(record[5]) > now - ARGV[1] then return false end
return record
`)

/**
 * KEYS: session. ARGV: idle lifetime and least time between two renewals, in ms. Returns the record when it
 * was due.
 */
export const touchSession = script(`
local record, now = live(KEYS[1])
if not record or tonumber(record[5]) > now - ARGV[2] then return false end
local idle = math.min(now + ARGV[1], tonumber(record[7]))
redis.call('HSET', KEYS[1], 'seen', whole(now), 'idle', whole(idle))
redis.call('PEXPIREAT', KEYS[1], whole(idle))
return redis.call('HMGET', KEYS[1], unpack(fields))
`)

/**
 * KEYS: session. ARGV: a field and the value that it must have. Returns the user when it was live.
 *
 * If there is nothing to delete, it writes a marker that expires after a millisecond, because WAIT only waits
 * for writes of its own connection: so a repeated revocation is confirmed like the first one.
 */
export const revokeSession = script(`
if redis.call('HEXISTS', KEYS[1], 'user') == 0 then
  redis.call('HSET', KEYS[1], 'fence', '')
  redis.call('PEXPIRE', KEYS[1], 1)
  return false
end
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return false end
local record = live(KEYS[1])
redis.call('DEL', KEYS[1])
return record and record[1] or false
`)

/**
 * KEYS: session. ARGV: user, and the time before which a session is invalid. Returns 1 when a live one was
 * deleted.
 */
export const removeEnded = script(`
local stored = redis.call('HMGET', KEYS[1], 'user', 'since')
if stored[1] ~= ARGV[1] or stored[2] >= ARGV[2] then return 0 end
local record = live(KEYS[1])
redis.call('DEL', KEYS[1])
return record and 1 or 0
`)

/** KEYS: session. ARGV: user, and the time of the ending that kept it. */
export const spareSession = script(`
local record = live(KEYS[1])
if not record or record[1] ~= ARGV[1] or record[2] >= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'since', ARGV[2])
return 1
`)

/**
 * KEYS: sessions of a user. ARGV: session, and how long it may be listed, in ms. Drops older ones. Returns
 * how many are listed.
 */
export const indexSession = script(`
local now = clock()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now - ARGV[2]))
redis.call('ZADD', KEYS[1], whole(now), ARGV[1])
redis.call('PEXPIREAT', KEYS[1], whole(now + ARGV[2]))
return redis.call('ZCARD', KEYS[1])
`)

/** KEYS: sessions of a user. ARGV: maximum number. Returns their ids, the latest first. */
export const listSessions = script(`return redis.call('ZREVRANGE', KEYS[1], 0, ARGV[1] - 1)`)

/**
 * KEYS: sessions of a user. ARGV: an age in ms, then ids. Drops those that were listed for longer than that.
 */
export const unlistSessions = script(`
local before = clock() - ARGV[1]
for index = 2, #ARGV do
  local listed = redis.call('ZSCORE', KEYS[1], ARGV[index])
  if listed and tonumber(listed) <= before then redis.call('ZREM', KEYS[1], ARGV[index]) end
end
return 1
`)
