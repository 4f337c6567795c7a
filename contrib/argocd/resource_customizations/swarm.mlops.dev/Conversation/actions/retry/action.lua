-- Asks the last message once more: a new Turn beside the failed one.
local turns = obj.status.turns or {}
local message = obj.spec.messages[turns[#turns].index + 1]
local turn = {
  apiVersion = obj.apiVersion,
  kind = "Turn",
  metadata = {
    -- Follows from this version of the conversation: a second click meets the first one's turn.
    name = obj.metadata.name .. "-r" .. obj.metadata.resourceVersion,
    namespace = obj.metadata.namespace,
    labels = { ["swarm.mlops.dev/conversation"] = obj.metadata.name },
    ownerReferences = {
      { apiVersion = obj.apiVersion, kind = obj.kind, name = obj.metadata.name, uid = obj.metadata.uid, controller = true },
    },
  },
  spec = {
    owner = { kind = obj.kind, name = obj.metadata.name, uid = obj.metadata.uid },
    text = message.text,
  },
}
return { { operation = "create", resource = turn } }
