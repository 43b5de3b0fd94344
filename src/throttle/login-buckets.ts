import type { CallerOrigin } from '../request/call-origin.ts';
import { networkOf, siteOf } from '../request/network.ts';
import type { Quota } from '../values/rate.ts';
import { digest } from './digest.ts';
import { siteQuota } from './throttle.ts';

/** The limits on logins; null: no limit. */
export interface LoginQuotas {
  /** Failures per user name and address. */
  readonly perUser: Quota | null;
  /** Failures per address. */
  readonly perAddress: Quota | null;
  /** Failures per user name from all addresses that the user has not signed in from. */
  readonly perAccount: Quota | null;
  /** Failures per user name where the address is unknown, in place of the other three. */
  readonly unknownAddress: Quota | null;
  /** Logins with a right password per address, whatever the client; per user name where the address is unknown. */
  readonly successes: Quota | null;
}

/** How a login ended: accepted, with wrong credentials, or without a client that exists. */
export type LoginVerdict = 'accepted' | 'wrong-guess' | 'wrong-client';

/** What a quota counts. */
export interface Bucket {
  readonly key: string;
  readonly quota: Quota;
  /** Logins that end like this stay counted; others are released. */
  readonly counts: readonly LoginVerdict[];
}

const clientless = ['wrong-client'] as const;
const guesses = ['wrong-guess'] as const;
const rightPasswords = ['accepted', 'wrong-client'] as const;

/**
 * The buckets of a login that names no client, which is refused without a look at its credentials. They are separate
 * from those of failures: a program that omits its client's name does not lock out other people at its address.
 */
export function clientlessBucketsOf(
  { ipAddress }: Pick<CallerOrigin, 'ipAddress'>,
  { perAddress }: LoginQuotas,
): Bucket[] {
  if (ipAddress === null) return bucket('login:clientless:unknown', perAddress, clientless);
  return addressBuckets('login:clientless', ipAddress, perAddress, clientless);
}

/** What limits a login: digests of the names that it is for, and where it comes from. */
export interface LoginSubject {
  readonly names: readonly string[];
  readonly origin: Pick<CallerOrigin, 'ipAddress'>;
  /** Whether the user has signed in from this network before. */
  readonly isKnown: (name: string) => boolean;
}

/**
 * The buckets of a login, in the order in which each login reserves them: two logins that want the same buckets cannot
 * wait for each other. The address comes first: an address over its limit creates no key for the names that it makes up.
 */
export function bucketsOf({ names, origin, isKnown }: LoginSubject, quotas: LoginQuotas): Bucket[] {
  const { perUser, perAddress, perAccount, unknownAddress } = quotas;
  const sorted = [...names].toSorted();
  if (origin.ipAddress === null)
    return [
      ...(sorted.length === 0 ? bucket('login:address:unknown', unknownAddress, guesses) : []),
      ...sorted.flatMap((name) => bucket(`login:success:name:${name}`, quotas.successes, rightPasswords)),
      ...sorted.flatMap((name) => bucket(`login:user:${name}:unknown`, unknownAddress, guesses)),
    ];
  const network = networkOf(origin.ipAddress);
  return [
    ...addressBuckets('login:address', origin.ipAddress, perAddress, guesses),
    ...bucket(`login:success:${network}`, quotas.successes, rightPasswords),
    ...sorted.flatMap((name) => bucket(`login:user:${name}:${network}`, perUser, guesses)),
    ...sorted.flatMap((name) => (isKnown(name) ? [] : bucket(`login:account:${name}`, perAccount, guesses))),
  ];
}

function addressBuckets(kind: string, ipAddress: string, quota: Quota | null, counts: Bucket['counts']): Bucket[] {
  const network = networkOf(ipAddress);
  const site = siteOf(ipAddress);
  return [
    ...bucket(`${kind}:${network}`, quota, counts),
    ...(site === network ? [] : bucket(`${kind}:${site}`, quota && siteQuota(quota), counts)),
  ];
}

function bucket(key: string, quota: Quota | null, counts: readonly LoginVerdict[]): Bucket[] {
  return quota === null ? [] : [{ key, quota, counts }];
}

/** The digests by which names are counted, each once. */
export function digestsOf(userNames: readonly string[]): string[] {
  return [...new Set(userNames)].map(digest);
}
