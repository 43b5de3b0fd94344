/**
 * A shell command that tries a token. The URL's quotes are escaped: an admin may have followed an attacker's link to the
 * page, and a quote in its path would let the attacker inject commands.
 */
export function curlCommand(url: string, scheme: string, token: string): string {
  return `curl -H 'Authorization: ${scheme} ${token}' '${url.replaceAll("'", '%27')}'`;
}
