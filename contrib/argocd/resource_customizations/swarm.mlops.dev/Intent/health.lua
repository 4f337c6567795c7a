local health = { status = "Progressing", message = "Waiting for the Swarm operator" }
if obj.status == nil then
  return health
end
if obj.status.observedGeneration ~= nil and obj.metadata.generation ~= nil
    and obj.status.observedGeneration < obj.metadata.generation then
  health.message = "Waiting for the Swarm operator to see generation " .. tostring(obj.metadata.generation)
  return health
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions or {}) do
  conditions[condition.type] = condition
end
local function isTrue(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end
local function messageOf(type, default)
  local condition = conditions[type]
  if condition ~= nil and condition.message ~= nil and condition.message ~= "" then
    return condition.message
  end
  return default
end

-- The question itself: which agent wants to do what. Actions decide about the first one.
local function question()
  local pending = obj.status.pendingApprovals or {}
  if pending[1] == nil then
    return messageOf("AwaitingApproval", "Waiting for a person to decide")
  end
  local first = pending[1]
  local text = first.agent .. " asks to call " .. first.tool .. " with " .. first.arguments
  if first.summary ~= nil and first.summary ~= "" then
    text = text .. ": " .. first.summary
  end
  if #pending > 1 then
    text = text .. " (and " .. tostring(#pending - 1) .. " more)"
  end
  return text
end

if isTrue("Stalled") then
  health.status = "Degraded"
  health.message = messageOf("Stalled", "It needs a person to go on")
  return health
end
if isTrue("AwaitingApproval") then
  health.status = "Suspended"
  health.message = question()
  return health
end
if isTrue("Ready") then
  health.status = "Healthy"
  health.message = messageOf("Ready", "Ready")
  return health
end
if conditions.Ready ~= nil and conditions.Ready.reason == "Suspended" then
  health.status = "Suspended"
  health.message = messageOf("Ready", "spec.suspend is true")
  return health
end
health.message = messageOf("Reconciling", messageOf("Ready", "Working"))
return health
