import { expect, test } from 'vitest';
import { networkOf } from '../../../src/request/network.ts';

test.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff::', '2001:db8:1:2::/64'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b:1::1', '64:ff9b:1:0::/64'],
])('the IPv6 address %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test.each(['::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1', '64:ff9b::192.0.2.1'])(
  '%s counts as the IPv4 address it stands for',
  (address) => {
    expect(networkOf(address)).toBe('192.0.2.1');
  },
);

test.each(['192.0.2.1', 'unknown', '_hidden', '', '1:2', '::ffff:010.0.0.1', '::ffff:0x1.1.1.1'])(
  '"%s" counts as itself',
  (address) => {
    expect(networkOf(address)).toBe(address);
  },
);
