import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { connect, createAppRouter, createDurinBehind, type Served, type TestApp } from './adapter-app.ts';
import { listen } from './node-server.ts';

let app: TestApp;
let served: Served;
beforeAll(async () => {
  app = await openApp();
  const durin = createDurinBehind(app, 1);
  const { createContext, responseMeta } = durin;
  served = await listen(createHTTPServer({ router: createAppRouter(durin), createContext, responseMeta }));
});
afterAll(async () => {
  await served.close();
  await app.close();
});

async function addressOf(forwarded: string): Promise<string | null> {
  const { client } = connect(served, { headers: { 'x-forwarded-for': forwarded } });
  return (await client.origin.query()).ip;
}

test('the port is removed from a forwarded address', async () => {
  expect(await addressOf('203.0.113.7:51034')).toBe('203.0.113.7');
  expect(await addressOf('[2001:db8::7]:51034')).toBe('2001:db8::7');
  expect(await addressOf('[2001:db8::7]')).toBe('2001:db8::7');
});

test('an IPv4 address is the same on an IPv6 socket', async () => {
  const { createContext } = app.durin;
  const call = (remoteAddress: string) => createContext({ req: { headers: {}, socket: { remoteAddress } } });
  expect(call('::ffff:203.0.113.7').durin.ipAddress).toBe('203.0.113.7');
  expect(call('::FFFF:203.0.113.7').durin.ipAddress).toBe('203.0.113.7');
  expect(await addressOf('::ffff:203.0.113.7')).toBe('203.0.113.7');
});

test('other addresses are unchanged', async () => {
  for (const address of ['203.0.113.7', '2001:db8::7', '::1', 'fe80::1%eth0', 'unknown', '_hidden']) {
    expect(await addressOf(`198.51.100.1, ${address}`)).toBe(address);
  }
});
