local status = obj.status or {}
local asks = (status.pendingApprovals or {})[1] ~= nil
local ended = status.finishedAt ~= nil
local failed = status.phase == "Failed" or status.phase == "Cancelled"

return {
  approve = { disabled = not asks, iconClass = "fa fa-fw fa-check" },
  deny = { disabled = not asks, iconClass = "fa fa-fw fa-ban", params = { { name = "reason" } } },
  cancel = { disabled = ended or obj.spec.cancel == true, iconClass = "fa fa-fw fa-stop" },
  -- An Intent has one turn for each generation; it is retried as a whole.
  retry = { disabled = not failed or obj.spec.owner.kind ~= "Conversation", iconClass = "fa fa-fw fa-redo" },
}
