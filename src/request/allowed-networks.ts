import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A range of addresses. */
export interface Network {
  readonly address: ipaddr.IPv4 | ipaddr.IPv6;
  /** The number of leading bits that the addresses share. */
  readonly bits: number;
}

/** The bits of an IPv6 address before the IPv4 address that is written in it. */
const mappedBits = 96;

/** Parses an address, or a network in CIDR notation, such as `10.0.0.0/8`. IPv4 written as IPv6 is IPv4. `null`: it is neither. */
export function parseNetwork(text: string): Network | null {
  const [written = '', mask, ...rest] = text.split('/');
  const address = parseAddress(written);
  if (address === null || rest.length > 0) return null;
  const length = address.toByteArray().length * 8;
  if (mask === undefined) return { address, bits: length };
  const isMapped = address.kind() === 'ipv4' && written.includes(':');
  const bits = /^\d{1,3}$/.test(mask) ? Number(mask) - (isMapped ? mappedBits : 0) : -1;
  return bits >= 0 && bits <= length ? { address, bits } : null;
}

/** Whether an address is in one of the networks. One that is not known, or no address, is in none. */
export function isInNetworks(ipAddress: string | null, networks: readonly Network[]): boolean {
  const address = ipAddress === null ? null : parseAddress(ipAddress.replace(/%.*$/, '')); // the zone of a link-local address
  if (address === null) return false;
  return networks.some(
    (network) => network.address.kind() === address.kind() && address.match(network.address, network.bits),
  );
}

/** ipaddr.js alone would accept octal and hexadecimal IPv4 parts. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  return isIP(text) === 0 ? null : ipaddr.process(text);
}
