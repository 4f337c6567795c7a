-- Stops what it does; the intent then counts as failed. Git does not hold this field, so a sync leaves it alone.
obj.spec.cancel = true
return obj
