import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The prefix of IPv4 addresses that NAT64 translated (RFC 6052, 2.1). */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * The network that a limit per address counts: an IPv4 address, or the /64 of an IPv6 address, because a single caller
 * has a whole /64. An IPv4 address written as IPv6 (mapped, or by NAT64) counts as IPv4. Anything else is returned
 * unchanged.
 */
export function networkOf(ipAddress: string): string {
  return prefixOf(ipAddress, 4);
}

/**
 * The /48 of an IPv6 address, which a site or a customer of a hosting company may have with all its 65,536 networks of
 * /64; for anything else the same as `networkOf`.
 */
export function siteOf(ipAddress: string): string {
  return prefixOf(ipAddress, 3);
}

/** @param groups how many groups of 16 bits an IPv6 prefix has */
function prefixOf(ipAddress: string, groups: number): string {
  const address = ipAddress.replace(/%.*$/, ''); // the zone of a link-local address
  if (!isIPv6(address)) return ipAddress; // ipaddr.js alone would accept octal and hexadecimal IPv4 parts
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  if (parsed.match(nat64)) return new ipaddr.IPv4(parsed.toByteArray().slice(12)).toString();
  const prefix = parsed.parts.slice(0, groups).map((part) => part.toString(16));
  return `${prefix.join(':')}::/${groups * 16}`;
}
