export function definedOnly<T extends object>(fields: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const defined = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return defined as { [Name in keyof T]: Exclude<T[Name], undefined> };
}
