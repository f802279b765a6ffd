"""The script that applies records to Redis: all of a batch and the offset after it, or nothing.

A record is applied when its sequence is above the last one of its client and topic, so batches may come repeated, late
and from two projectors at once. One argument is MessagePack: `[topic, field of the offset, next offset, live, records,
instant]`; what a record is depends on the topic (`streams.views.projection.entries`). Scores come as text, for Lua
prints large numbers short.
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

local function place(list, client, score, was_there)
  if score then redis.call('ZADD', '{names.LIST}' .. list, score, client)
  elseif was_there then redis.call('ZREM', '{names.LIST}' .. list, client) end
end

local function newer(key, topic, sequence)
  local last = redis.call('HGET', key, 'sequence:' .. topic)
  return not last or tonumber(last) < sequence
end

local function find_by(client, words, before)
  for _, word in ipairs(before) do redis.call('ZREM', '{names.SEARCH}', word .. '\\0' .. client) end
  for _, word in ipairs(words) do redis.call('ZADD', '{names.SEARCH}', 0, word .. '\\0' .. client) end
end

local function status(topic, r)
  local client, key = r[1], '{names.CLIENT}' .. r[1]
  local known = redis.call('HMGET', key, 'sequence:' .. topic, 'risk_group')
  if known[1] and tonumber(known[1]) >= r[2] then return false end
  local sequence, group = string.format('%.0f', r[2]), string.format('%.0f', r[4])
  redis.call('HSET', key, 'status', r[3], 'sequence:' .. topic, sequence, 'risk_group', group)
  if not known[1] then
    redis.call('ZADD', '{names.LIST}{names.ALL}', 0, client)
    if r[8] then find_by(client, {{r[8]}}, {{}}) end
  end
  if known[2] ~= group then
    if known[2] then redis.call('SREM', '{names.RISK_GROUP}' .. known[2], client) end
    redis.call('SADD', '{names.RISK_GROUP}' .. group, client)
  end
  place('{names.CALLS}', client, r[5], known[1])
  place('{names.BLOCKED_TOMORROW}', client, r[6], known[1])
  place('{names.LARGEST_OVERDUE}', client, r[7], known[1])
  return true
end

local function published(topic, r, live)
  local client, key = r[1], '{names.CLIENT}' .. r[1]
  if not newer(key, topic, r[2]) then return false end
  local sequence = string.format('%.0f', r[2])
  redis.call('HSET', key, 'sequence:' .. topic, sequence)
  if topic == 'shipment-blocks' then
    redis.call('HSET', key, 'block', r[3])
    place('{names.BLOCKED_LIST}', client, r[4], true)
    redis.call(r[4] and 'SADD' or 'SREM', '{names.BLOCKED}', client)
  elseif r[4] then
    redis.call('SET', '{names.SHIPMENT}' .. client .. '\\0' .. r[4], r[3], 'EX', shipment_seconds)
  end
  local history = '{names.HISTORY}' .. client
  redis.call('ZADD', history, sequence, '{{"topic":"' .. topic .. '","event":' .. r[3] .. '}}')
  redis.call('ZREMRANGEBYRANK', history, 0, -history_max - 1)
  if live then
    local number = redis.call('INCR', '{names.EVENTS_LAST}')
    redis.call('ZADD', '{names.EVENTS}', number, string.format('%.0f', number) .. ':' .. r[3])
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

local applied, changed = 0, redis.call('INCR', '{names.CHANGED_LAST}')
for i = 5, #ARGV do
  local batch = cmsgpack.unpack(ARGV[i])
  local topic, live = batch[1], batch[4]
  for _, record in ipairs(batch[5]) do
    local did
    if topic == 'client-status' then did = status(topic, record)
    elseif topic == 'clients' then did = named(topic, record)
    elseif topic == 'policies' then redis.call('SET', '{names.POLICY}', record[1]); did = true
    else did = published(topic, record, live) end
    if did then
      applied = applied + 1
      if topic ~= 'policies' then redis.call('ZADD', '{names.CHANGED}', changed, record[1]) end
    end
  end
  local next = redis.call('HGET', '{names.OFFSETS}', batch[2])
  if not next or tonumber(next) < batch[3] then
    redis.call('HSET', '{names.OFFSETS}', batch[2], string.format('%.0f', batch[3]))
  end
  local time = redis.call('GET', '{names.TIME}')
  if not time or tonumber(time) < batch[6] then redis.call('SET', '{names.TIME}', string.format('%.0f', batch[6])) end
end
redis.call('ZREMRANGEBYRANK', '{names.EVENTS}', 0, -events_max - 1)
return applied
"""
