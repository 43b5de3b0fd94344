import type { CallerOrigin } from '../request/call-origin.ts';

const sentence =
  'trpc-durin: the address of a caller is unknown, so limits per address do not apply and failed logins are limited ' +
  'per user name alone. Behind a proxy, set trustProxy to the number of proxies. Otherwise pass the address where the ' +
  'server knows it: durin.createContext({ ...opts, ipAddress }).';

/** Warns once that a limit per address cannot count a request, because the server does not know its address. */
export function createAddressWarning(warn: (message: string) => void): (origin: CallerOrigin) => void {
  let hasWarned = false;
  return function warnOfUnknownAddress({ ipAddress, connection }) {
    if (hasWarned || ipAddress !== null || connection !== 'open') return;
    hasWarned = true;
    warn(sentence);
  };
}
