/** The user that a ServiceAccount is to the API server, for impersonation. */
export function accountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}
