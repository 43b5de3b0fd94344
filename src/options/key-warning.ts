import type { CookieSettings } from '../request/cookie-settings.ts';
import type { KeyRules } from '../tokens/keys/key-rules.ts';

/** The options that say which sessions may create API keys. */
interface KeyOptions {
  readonly cookies: Pick<CookieSettings, 'clientNames'> | null;
  readonly keys: readonly Pick<KeyRules, 'clientName' | 'freshSeconds' | 'mayManage'>[];
  readonly apiAccess: { readonly clientName: string | null; readonly freshSeconds: number | null };
}

/**
 * Returns the warning about the options at the start: the clients with a session cookie that may create API keys without asking for
 * the password. An injected script cannot read the cookie, but could take such a key away.
 * @returns `null`: nothing
 */
export function keyWarningOf({ cookies, keys, apiAccess }: KeyOptions): string | null {
  const cookieClients = [...(cookies?.clientNames ?? [])];
  const open = keys.filter(
    ({ freshSeconds, mayManage }) => freshSeconds === null && cookieClients.some((name) => mayManage(name)),
  );
  const options = open.map(({ clientName }) => `clients.${clientName}.keys.fresh`);
  const isApiAccessOpen = cookieClients.length > 0 && apiAccess.clientName !== null && apiAccess.freshSeconds === null;
  const missing = isApiAccessOpen ? [...options, 'apiAccess.fresh'] : options;
  if (missing.length === 0) return null;
  return (
    `trpc-durin: sessions in a cookie may create API keys, which an injected script could take away. Set ` +
    `${missing.join(' and ')}, such as to '10m', so that the user's password is asked for first.`
  );
}
