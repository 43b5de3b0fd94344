import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { type CopiedExample, copyExample } from './copied-example.ts';
import { type RunningNext, startNext } from './next-visit.ts';

let redis: RedisServer;
let example: CopiedExample;
let server: RunningNext;
beforeAll(async () => {
  [redis, example] = await Promise.all([startRedis(), copyExample('next', { packages: ['redis@6'] })]);
  await edit('auth.ts', (code) =>
    code
      .replace("cache: { ttl: '60s' }", "cache: { ttl: '60s', store: redisStore({ url }), bus: redisBus({ url }) }")
      .replace(
        /^export type/m,
        `import { redisBus, redisStore } from 'trpc-durin/redis';\nconst url = '${redis.url}';\n$&`,
      ),
  );
  server = await startNext(example, 'dev');
});
afterAll(async () => {
  await server?.stop();
  await example?.remove();
  await redis?.stop();
});

/** Edits a file of the server, as a programmer does. */
async function edit(name: string, change: (code: string) => string): Promise<void> {
  const path = join(example.folder, 'server', name);
  const code = await readFile(path, 'utf8');
  const changed = change(code);
  if (changed === code) throw new Error(`nothing has changed in ${name}`);
  await writeFile(path, changed);
}

test('a session outlives edits of the code, which open no connection', async () => {
  const client = await createClient({ url: redis.url }).connect();
  const login = await fetch(`${server.url}/api/trpc/auth.login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify({ json: { username: 'alice', password: 'wonderland', client: 'web' } }),
  });
  const [cookie = ''] = login.headers.getSetCookie()[0]?.split(';') ?? [];
  const greeting = async () => {
    const html = await (await fetch(server.url, { headers: { cookie } })).text();
    return /<h1>([^<]*)/.exec(html)?.[1];
  };
  const countConnections = async () => (await client.clientList()).length - 1;

  expect(await greeting()).toBe('Hello, alice');
  await expect.poll(countConnections, { timeout: 10_000 }).toBe(3);
  for (const [before, word] of [
    ['Hello', 'Welcome'],
    ['Welcome', 'Good day'],
    ['Good day', 'Good evening'],
  ] as const) {
    await edit('auth.ts', (code) => `${code}// ${word}\n`);
    await edit('router.ts', (code) => code.replace(`\`${before},`, `\`${word},`));
    await expect.poll(greeting, { timeout: 30_000 }).toBe(`${word}, alice`); // of the same database
  }
  expect(await countConnections()).toBe(3); // those of one durin: two of its bus, and one of its store
  client.destroy();
});
