import { CliError } from '../cli-error.ts';
import type { ServerAddress } from './server-address.ts';

/** The part of `fetch` that calls use. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Node's error codes for certificates that it does not accept. */
const certificateErrors =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_ALTNAME_INVALID$|HOSTNAME_MISMATCH$)/;

/** Schemes that every durin reads unless its `authHeaderPrefix` says otherwise. */
const defaultSchemes: ReadonlySet<string> = new Set(['token', 'bearer']);

/**
 * Creates the `fetch` of calls to an admin page. It sends the token to that address alone, and returns only answers of its API.
 * @throws CliError if something else answers, or nothing does
 */
export function createFetchApi({ page, host }: ServerAddress, token: string, fetchUrl: Fetch): Fetch {
  async function send(url: string, init: RequestInit, scheme: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `${scheme} ${token}`);
    try {
      return await fetchUrl(url, { ...init, headers, redirect: 'manual' });
    } catch (error) {
      throw new CliError(`${host} cannot be reached: ${describeFailure(error)}.`);
    }
  }

  return async function fetchApi(url, init) {
    const response = await send(url, init, 'Token');
    const announced = announcedScheme(response);
    const answer = announced === null ? response : await send(url, init, announced);
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location !== null)
      throw new CliError(`${page} redirects to ${new URL(location, url).origin}. Pass the final address of the page.`);
    const type = answer.headers.get('content-type') ?? 'no content type';
    if (!type.startsWith('application/json'))
      throw new CliError(
        `${page} is no admin page of trpc-durin: it answered with status ${answer.status} and ${type}. --url is the address at which the page opens in a browser.`,
      );
    return answer;
  };
}

/** The scheme that the server asks for, if it reads none of the default ones; `null`: it does. */
function announcedScheme({ status, headers }: Response): string | null {
  const [scheme] = /^[\w-]+/.exec(headers.get('www-authenticate') ?? '') ?? [];
  return status === 401 && scheme !== undefined && !defaultSchemes.has(scheme.toLowerCase()) ? scheme : null;
}

function describeFailure(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const { code = null, message = String(cause) } = cause as { code?: string | null; message?: string };
  if (code !== null && certificateErrors.test(code))
    return `its certificate is not accepted (${code}); for a certificate authority of your own, set NODE_EXTRA_CA_CERTS`;
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL_') === true) return `it does not speak TLS (${code})`;
  return message === '' ? (code ?? 'it did not answer') : message;
}
