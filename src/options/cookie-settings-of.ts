import { DurinUsageError } from '../errors.ts';
import type { CookieSettings } from '../request/cookie-settings.ts';
import type { ParsedOptions } from './options-schema.ts';

/**
 * The session cookie; `null` if no client has `transport: 'cookie'`.
 * @throws DurinUsageError naming the option that is wrong
 */
export function cookieSettingsOf({ clients = {}, cookies, apiAccess }: ParsedOptions): CookieSettings | null {
  const names = Object.keys(clients).filter((name) => clients[name]?.transport === 'cookie');
  if (apiAccess.clientName !== undefined && names.includes(apiAccess.clientName))
    throw new DurinUsageError(
      `createDurin: apiAccess.clientName: the client '${apiAccess.clientName}' has transport: 'cookie', and API keys are sent in a header`,
    );
  if (names.length === 0) {
    if (cookies === undefined) return null;
    throw new DurinUsageError("createDurin: cookies is for clients with transport: 'cookie', and there is none");
  }
  const { name, sameSite = 'lax', secure: isSecure = true, allowedOrigins = [] } = cookies ?? {};
  return {
    clientNames: new Set(names),
    name: name ?? (isSecure ? '__Host-durin' : 'durin'),
    sameSite,
    isSecure,
    allowedOrigins: new Set(allowedOrigins),
  };
}
