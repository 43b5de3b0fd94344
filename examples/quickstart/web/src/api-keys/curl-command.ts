/** A command that calls a procedure which a key with these scopes may use. */
export function curlCommand(token: string, scopes: readonly string[], origin: string): string {
  const call = `curl -H "Authorization: Token ${token}"`;
  if (scopes.includes('reports:read')) return `${call} ${origin}/trpc/reports.list`;
  return `${call} -H "Content-Type: application/json" -d '{"title": "Alice’s Evidence"}' ${origin}/trpc/reports.add`;
}
