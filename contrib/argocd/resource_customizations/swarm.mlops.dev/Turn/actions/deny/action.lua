-- Answers the first question with no; the optional parameter reason is told to the agent.
local pending = (obj.status.pendingApprovals or {})[1]
if pending == nil then
  error("nothing waits for a person", 0)
end
local turn = { name = obj.metadata.name, uid = obj.metadata.uid }

local approval = {
  apiVersion = "swarm.mlops.dev/v1alpha1",
  kind = "Approval",
  metadata = {
    -- One name for each call: what was decided already is not decided a second time.
    name = turn.name .. "-" .. pending.callId,
    namespace = obj.metadata.namespace,
    ownerReferences = {
      { apiVersion = "swarm.mlops.dev/v1alpha1", kind = "Turn", name = turn.name, uid = turn.uid },
    },
  },
  spec = {
    turn = { name = turn.name, uid = turn.uid },
    callId = pending.callId,
    argumentsDigest = pending.argumentsDigest,
    decision = "Deny",
  },
}

local reason = actionParams["reason"]
if reason ~= nil and reason ~= "" then
  approval.spec.reason = reason
end

return { { operation = "create", resource = approval } }
