/**
 * A command to try a token with. The page's path may come from a link that somebody made up, and a quote in it would end
 * the shell's text: what follows would be commands.
 */
export function curlCommand(url: string, scheme: string, token: string): string {
  return `curl -H 'Authorization: ${scheme} ${token}' '${url.replaceAll("'", '%27')}'`;
}
