/** The most scopes that an app may have. */
export const maxScopes = 256;

/** The longest scope, in characters. */
const scopeLength = 64;

/** A scope-token of RFC 6749, 3.3, so that a header can list it. */
const scopeToken = new RegExp(String.raw`^[\x21\x23-\x5b\x5d-\x7e]{1,${scopeLength}}$`);

/** Describes what is wrong with a scope; `null`: it is valid. */
export function scopeProblem(scope: unknown): string | null {
  const isValid = typeof scope === 'string' && scopeToken.test(scope);
  return isValid ? null : `must be 1 to ${scopeLength} printable ASCII characters, without space, " and \\`;
}

/** The first item that a list has twice; `undefined`: there is none. */
export function repeatedScope(scopes: readonly string[]): string | undefined {
  return scopes.find((scope, index) => scopes.indexOf(scope) !== index);
}

/** Says which item of a list is none of the app's scopes, or `null` if each is one. */
export function unknownScopeProblem(list: readonly unknown[], ofApp: readonly string[]): string | null {
  const index = list.findIndex((scope) => typeof scope !== 'string' || !ofApp.includes(scope));
  return index === -1 ? null : `no scope '${String(list[index])}' in the option scopes`;
}
