import { DurinUsageError, internalError } from '../errors.ts';
import { type Network, parseNetwork } from '../request/allowed-networks.ts';
import { runSyncCallback } from '../tokens/app-callback.ts';
import type { KeyRules } from '../tokens/keys/key-rules.ts';
import type { ParsedOptions } from './options-schema.ts';

type ParsedClients = NonNullable<ParsedOptions['clients']>;
type ParsedKeys = NonNullable<ParsedClients[string]['keys']>;

/**
 * The rules of each client that has `keys`.
 * @throws DurinUsageError naming the option that is wrong
 */
export function keyRulesOf({ clients = {}, defaultTokenTtl, apiAccess }: ParsedOptions): KeyRules[] {
  return Object.entries(clients).flatMap(([clientName, { keys, tokenTtl = defaultTokenTtl }]) => {
    if (keys === undefined) return [];
    const { max, maxTtl, fresh = null, fullAccess, rate = null, allowedNetworks } = keys;
    const place = `clients.${clientName}.keys`;
    return {
      clientName,
      max,
      ttlSeconds: ttlOf(keys, tokenTtl, place),
      maxTtlSeconds: maxTtl,
      freshSeconds: fresh,
      mayManage: mayManage(keys, clients, apiAccess.clientName, place),
      hasFullAccess: fullAccess,
      quota: rate,
      networksOf: networksOf(allowedNetworks, `${place}.allowedNetworks`),
      readsUser: typeof allowedNetworks === 'function',
    };
  });
}

/** Where there is a longest lifetime, the default one is fixed here: the row's `tokenTtl` may be edited to a longer one. */
function ttlOf({ ttl, maxTtl }: ParsedKeys, tokenTtl: number | null, place: string): number | null | undefined {
  if (maxTtl === null) return ttl;
  const byDefault = ttl === undefined ? tokenTtl : ttl;
  if (byDefault !== null && byDefault <= maxTtl) return byDefault;
  const option = ttl === undefined ? "ttl, which is the client's tokenTtl," : 'ttl';
  throw new DurinUsageError(`createDurin: ${place}.${option} must not be longer than maxTtl`);
}

/** By default sessions manage keys, and not the single keys of `apiAccess`, or clients that the app does not name. */
function mayManage(
  { createFrom }: ParsedKeys,
  clients: ParsedClients,
  apiClientName: string | undefined,
  place: string,
): KeyRules['mayManage'] {
  if (createFrom === undefined) {
    const isForSessions = (name: string) => clients[name]?.keys === undefined && name !== apiClientName;
    return (name) => Object.hasOwn(clients, name) && isForSessions(name);
  }
  const unknown = createFrom.find((name) => !Object.hasOwn(clients, name));
  if (unknown !== undefined)
    throw new DurinUsageError(`createDurin: ${place}.createFrom: no client '${unknown}' in the option clients`);
  return (name) => createFrom.includes(name);
}

function networksOf(given: ParsedKeys['allowedNetworks'], option: string): KeyRules['networksOf'] {
  if (given === undefined) return null;
  if (typeof given !== 'function') return () => given;
  return (userRow) =>
    networksIn(
      runSyncCallback(option, () => given(userRow)),
      option,
    );
}

/** @throws TRPCError INTERNAL_SERVER_ERROR with the mistake as its cause */
function networksIn(answer: unknown, option: string): Network[] {
  if (!Array.isArray(answer)) throw internalError(new DurinUsageError(`${option}: it must return a list of networks`));
  return answer.map((text: unknown) => {
    const network = typeof text === 'string' ? parseNetwork(text) : null;
    if (network === null)
      throw internalError(new DurinUsageError(`${option}: '${String(text)}' is no address or network`));
    return network;
  });
}
