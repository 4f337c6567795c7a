-- Asks the same once more: a new Turn of the same Conversation, beside the failed one.
local owner = obj.spec.owner
local turn = {
  apiVersion = obj.apiVersion,
  kind = obj.kind,
  metadata = {
    -- Follows from this version of the failed turn: a second click meets the first one's turn.
    name = owner.name .. "-r" .. obj.metadata.resourceVersion,
    namespace = obj.metadata.namespace,
    labels = { ["swarm.mlops.dev/conversation"] = owner.name },
    ownerReferences = {
      { apiVersion = obj.apiVersion, kind = owner.kind, name = owner.name, uid = owner.uid, controller = true },
    },
  },
  spec = {
    owner = { kind = owner.kind, name = owner.name, uid = owner.uid },
    text = obj.spec.text,
  },
}
return { { operation = "create", resource = turn } }
