import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import { createTRPCRecursiveProxy } from '@trpc/server';
import type { AdminCaller } from '../admin-caller.ts';
import type { OpenedAdmin } from '../command.ts';
import { createFetchApi, type Fetch } from './fetch-api.ts';
import { reviveDates } from './revive-dates.ts';
import type { ServerAddress } from './server-address.ts';
import { toCliError } from './to-cli-error.ts';

/** Opens the admin of a running server, through the API of its admin page. */
export function openServer(address: ServerAddress, token: string, fetchUrl: Fetch = fetch): OpenedAdmin {
  const fetchApi = createFetchApi(address, token, fetchUrl);
  const client = createTRPCUntypedClient({
    links: [httpLink({ url: address.api, fetch: (url, init) => fetchApi(String(url), init as RequestInit) })],
  });

  /** A mutation is a POST, and the API takes a query as one too: inputs then appear in no access log. */
  async function call(path: string, input: unknown): Promise<unknown> {
    try {
      return reviveDates(await client.mutation(path, input));
    } catch (error) {
      throw toCliError(error);
    }
  }

  const admin = createTRPCRecursiveProxy(({ path, args }) => call(['admin', ...path].join('.'), args[0]));
  return { admin: admin as AdminCaller, local: null, now: Date.now, async close() {} };
}
