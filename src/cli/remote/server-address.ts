import { CliError, exitCodes } from '../cli-error.ts';

/** Where the admin page's API is. */
export interface ServerAddress {
  /** The address of the page, without a trailing slash. */
  readonly page: string;
  readonly api: string;
  readonly host: string;
}

/** Addresses of this machine, to which no network carries a token. */
const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads the address of an admin page.
 * @param isInsecure whether a token may travel unencrypted
 * @throws CliError if it is none, or would send a token unencrypted
 */
export function parseServerAddress(typed: string, isInsecure: boolean): ServerAddress {
  const url = URL.parse(typed);
  if (
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.search + url.hash !== ''
  )
    throw misused('--url must be the address of the admin page, such as https://example.org/admin.');
  if (url.protocol === 'http:' && !loopback.test(url.hostname) && !isInsecure)
    throw misused(
      '--url must start with https://, because anybody on the way could read the token. --insecure allows it.',
    );
  const page = url.origin + url.pathname.replace(/\/+$/, '');
  return { page, api: `${page}/api`, host: url.host };
}

function misused(sentence: string): CliError {
  return new CliError(sentence, exitCodes.misused);
}
