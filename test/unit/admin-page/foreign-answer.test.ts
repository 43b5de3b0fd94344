import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { describeForeignAnswer, fetchFromApi } from '../../../admin-page/data/foreign-answer.ts';
import type { AdminPageRouter } from '../../../src/admin/page/page-router.ts';

/** How the page describes a call that this answers. */
async function describeAnswer(answer: () => Promise<Response>): Promise<string | null> {
  vi.stubGlobal('fetch', answer);
  onTestFinished(() => void vi.unstubAllGlobals());
  const links = [httpBatchLink({ url: 'http://localhost/api', fetch: fetchFromApi })];
  const call = createTRPCClient<AdminPageRouter>({ links }).admin.whoami.query();
  return describeForeignAnswer(await call.catch((error: unknown) => error));
}

// Fastify without a parser for the body answers 415, which the page of 0.1 took for a server that is down.
test.for([
  ['Fastify', Response.json({ statusCode: 415, error: 'Unsupported Media Type', message: '' }, { status: 415 }), 415],
  ['a proxy', new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }), 502],
  ["the app's own page", new Response('<html>', { headers: { 'content-type': 'text/html' } }), 200],
  ['an empty answer', new Response(null, { status: 404 }), 404],
] as const)('an answer of %s is shown with its status', async ([, response, status]) => {
  expect(await describeAnswer(() => Promise.resolve(response))).toBe(
    `Something in front of the admin page's API answered with status ${status}. A body parser, a proxy or a route of the server may be the reason.`,
  );
});

test('no answer is not one of something else', async () => {
  expect(await describeAnswer(() => Promise.reject(new TypeError('fetch failed')))).toBeNull();
});

test('a refusal of the API itself is not one of something else', async () => {
  const shape = { message: 'No.', code: -32001, data: { code: 'UNAUTHORIZED', httpStatus: 401 } };
  const refusal = Response.json([{ error: shape }], { status: 401 });
  expect(await describeAnswer(() => Promise.resolve(refusal))).toBeNull();
});
