-- Carries the same request out once more, whatever its last outcome. Git does not hold these fields, so a sync leaves them alone.
obj.spec.attempt = (obj.spec.attempt or 1) + 1
obj.spec.cancel = false
return obj
