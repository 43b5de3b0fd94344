import { expect, test } from 'vitest';
import { isInNetworks, parseNetwork } from '../../../src/request/allowed-networks.ts';

function isIn(address: string | null, ...networks: string[]): boolean {
  const parsed = networks.map(parseNetwork);
  expect(parsed).not.toContain(null);
  return isInNetworks(
    address,
    parsed.filter((network) => network !== null),
  );
}

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.255', '192.0.2.0/24'],
  ['192.0.2.255', '192.0.2.77/24'],
  ['203.0.113.9', '0.0.0.0/0'],
  ['2001:db8::1', '2001:db8::/32'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.0/24'],
  ['192.0.2.1', '::ffff:192.0.2.0/120'],
  ['fe80::1%eth0', 'fe80::/10'],
])('%s is in %s', (address, network) => {
  expect(isIn(address, network)).toBe(true);
  expect(isIn(address, '198.51.100.7', network)).toBe(true);
});

test.each([
  ['192.0.3.0', '192.0.2.0/24'],
  ['2001:db9::1', '2001:db8::/32'],
  ['192.0.2.1', '::/0'],
  ['2001:db8::1', '0.0.0.0/0'],
  ['unknown', '0.0.0.0/0'],
  ['010.0.0.1', '0.0.0.0/0'],
  ['', '::/0'],
  [null, '0.0.0.0/0'],
])('%s is not in %s', (address, network) => {
  expect(isIn(address, network)).toBe(false);
});

test.each([
  '',
  '192.0.2',
  '010.0.0.1',
  '0x7f.1',
  '192.0.2.0/33',
  '192.0.2.0/-1',
  '192.0.2.0/',
  '192.0.2.0/a',
  '2001:db8::/129',
  '::ffff:192.0.2.0/95',
  '192.0.2.0/24/8',
  'localhost',
  '10.0.0.0 /8',
])('"%s" is no network', (text) => {
  expect(parseNetwork(text)).toBeNull();
});
