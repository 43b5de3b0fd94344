import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CopiedExample, copyExample } from './copied-example.ts';
import { type RunningNext, startNext } from './next-visit.ts';

let example: CopiedExample;
let server: RunningNext;
beforeAll(async () => {
  example = await copyExample('next');
  server = await startNext(example, 'dev');
});
afterAll(async () => {
  await server?.stop();
  await example?.remove();
});

test('a session outlives edits of the code in development', async () => {
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

  expect(await greeting()).toBe('Hello, alice');
  const router = join(example.folder, 'server', 'router.ts');
  const code = await readFile(router, 'utf8');
  for (const word of ['Welcome', 'Good day']) {
    await writeFile(router, code.replace('`Hello,', `\`${word},`));
    await expect.poll(greeting, { timeout: 30_000 }).toBe(`${word}, alice`); // of the same database
  }
});
