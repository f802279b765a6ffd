"""The script that applies records to Redis: all of a batch and the offset after it, or nothing.

A batch sent behind one that Redis could not apply is refused, so that no offset ever passes over what is missing.
A record is applied when its sequence is above the last one of its client and topic, so batches may come repeated, late
and from two projectors at once. One argument is MessagePack: `[topic, field of the offset, next offset, live, records,
instant, follows]`; what a record is depends on the topic (`streams.views.projection.entries`), and its event is an
argument of its own. Scores come as text, for Lua prints large numbers short.
"""

from typing import Final

from streams.views import names

WRONG_EPOCH: Final = "WRONGEPOCH"
"""How the error begins when Redis was emptied, or was filled by another beginning."""

_SAME_EPOCH: Final = f"""
if redis.call('GET', '{names.EPOCH}') ~= ARGV[1] then
  return redis.error_reply('{WRONG_EPOCH} the read model is not the one that was being written')
end
"""

ALIVE: Final = f"""{_SAME_EPOCH}
for i = 2, #ARGV, 2 do redis.call('SET', '{names.ALIVE}' .. ARGV[i], ARGV[i + 1]) end
return 1
"""
"""Says of partitions (number, value, and so on) how far they can be trusted: never of a model that is gone."""

APPLY: Final = f"""{_SAME_EPOCH}
local history_max, events_max, shipment_seconds = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local function place(list, client, score, was_there, call)
  if score then call('ZADD', list, score, client)
  elseif was_there then call('ZREM', list, client) end
end

local function newer(key, topic, sequence)
  local last = redis.call('HGET', key, 'sequence:' .. topic)
  return not last or tonumber(last) < sequence
end

local function find_by(client, words, before)
  for _, word in ipairs(before) do redis.call('ZREM', '{names.SEARCH}', word .. '\\0' .. client) end
  for _, word in ipairs(words) do redis.call('ZADD', '{names.SEARCH}', 0, word .. '\\0' .. client) end
end

local function status(r, event, many)
  local client, key = r[1], '{names.CLIENT}' .. r[1]
  local known = redis.call('HMGET', key, 'sequence:client-status', 'risk_group')
  if known[1] and tonumber(known[1]) >= r[2] then return false end
  local sequence, group = string.format('%.0f', r[2]), string.format('%.0f', r[3])
  redis.call('HSET', key, 'status', event, 'sequence:client-status', sequence, 'risk_group', group)
  if not known[1] then
    many('ZADD', '{names.LIST}{names.ALL}', 0, client)
    if r[7] then find_by(client, {{r[7]}}, {{}}) end
  end
  if known[2] ~= group then
    if known[2] then many('SREM', '{names.RISK_GROUP}' .. known[2], client) end
    many('SADD', '{names.RISK_GROUP}' .. group, client)
  end
  place('{names.LIST}{names.CALLS}', client, r[4], known[1], many)
  place('{names.LIST}{names.BLOCKED_TOMORROW}', client, r[5], known[1], many)
  place('{names.LIST}{names.LARGEST_OVERDUE}', client, r[6], known[1], many)
  return true
end

local function published(topic, r, event, live)
  local client, key = r[1], '{names.CLIENT}' .. r[1]
  if not newer(key, topic, r[2]) then return false end
  local sequence = string.format('%.0f', r[2])
  redis.call('HSET', key, 'sequence:' .. topic, sequence)
  if topic == 'shipment-blocks' then
    redis.call('HSET', key, 'block', event)
    place('{names.LIST}{names.BLOCKED_LIST}', client, r[3], true, redis.call)
    redis.call(r[3] and 'SADD' or 'SREM', '{names.BLOCKED}', client)
  elseif r[3] then
    redis.call('SET', '{names.SHIPMENT}' .. client .. '\\0' .. r[3], event, 'EX', shipment_seconds)
  end
  local history = '{names.HISTORY}' .. client
  redis.call('ZADD', history, sequence, '{{"topic":"' .. topic .. '","event":' .. event .. '}}')
  redis.call('ZREMRANGEBYRANK', history, 0, -history_max - 1)
  if live then
    local number = redis.call('INCR', '{names.EVENTS_LAST}')
    redis.call('ZADD', '{names.EVENTS}', number, string.format('%.0f', number) .. ':' .. event)
  end
  return true
end

local function named(topic, r)
  local client, key = r[1], '{names.CLIENT}' .. r[1]
  if not newer(key, topic, r[2]) then return false end
  local before = redis.call('HGET', key, 'words')
  redis.call('HSET', key, 'sequence:' .. topic, string.format('%.0f', r[2]), 'name', r[3], 'words', cmsgpack.pack(r[4]))
  find_by(client, r[4], before and cmsgpack.unpack(before) or {{}})
  return true
end

-- One command for what a batch adds to, or takes from, the same key: of its clients each comes once.
local function together()
  local by_command, order = {{ZADD = {{}}, ZREM = {{}}, SADD = {{}}, SREM = {{}}}}, {{}}
  local function many(command, key, one, two)
    local args = by_command[command][key]
    if not args then
      args = {{command, key}}
      by_command[command][key], order[#order + 1] = args, args
    end
    args[#args + 1] = one
    if two then args[#args + 1] = two end
  end
  return many, function() for _, args in ipairs(order) do redis.call(unpack(args)) end end
end

local batch = cmsgpack.unpack(ARGV[5])
local next = tonumber(redis.call('HGET', '{names.OFFSETS}', batch[2]) or 0)
if next < batch[7] then return redis.error_reply('GAP ' .. batch[2] .. ' is applied to ' .. next .. ' only') end
local topic, live, applied, changed = batch[1], batch[4], 0, redis.call('INCR', '{names.CHANGED_LAST}')
local many, settle = together()
for i, record in ipairs(batch[5]) do
  local event, did = ARGV[5 + i]
  if topic == 'client-status' then did = status(record, event, many)
  elseif topic == 'clients' then did = named(topic, record)
  elseif topic == 'policies' then redis.call('SET', '{names.POLICY}', event); did = true
  else did = published(topic, record, event, live) end
  if did then
    applied = applied + 1
    if topic ~= 'policies' then many('ZADD', '{names.CHANGED}', changed, record[1]) end
  end
end
settle()
if next < batch[3] then redis.call('HSET', '{names.OFFSETS}', batch[2], string.format('%.0f', batch[3])) end
local time = redis.call('GET', '{names.TIME}')
if not time or tonumber(time) < batch[6] then redis.call('SET', '{names.TIME}', string.format('%.0f', batch[6])) end
redis.call('ZREMRANGEBYRANK', '{names.EVENTS}', 0, -events_max - 1)
return applied
"""
