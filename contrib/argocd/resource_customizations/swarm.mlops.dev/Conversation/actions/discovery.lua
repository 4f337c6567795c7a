local status = obj.status or {}
local asks = (status.pendingApprovals or {})[1] ~= nil

-- The turn that ended last failed, and its whole text is at hand: it answers an entry of spec.messages.
local function canRetry()
  local turns = status.turns or {}
  local last = turns[#turns]
  if status.phase ~= "Failed" or last == nil or last.phase ~= "Failed" or last.index < 0 then
    return false
  end
  return (obj.spec.messages or {})[last.index + 1] ~= nil
end

return {
  approve = { disabled = not asks, iconClass = "fa fa-fw fa-check" },
  deny = { disabled = not asks, iconClass = "fa fa-fw fa-ban", params = { { name = "reason" } } },
  retry = { disabled = not canRetry(), iconClass = "fa fa-fw fa-redo" },
}
