import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { expect, test } from 'vitest';
import { DurinError } from '../../../src/index.ts';
import { asBuilder, baseProcedure, type Guard, guardedBy, t } from '../../../src/trpc/base-procedure.ts';

const letIn: Guard = ({ next }) => ({ result: next(), finish: (result) => result });
const refuse = (): never => {
  throw new DurinError('INVALID_TOKEN');
};

// These two fail if a version of @trpc/server builds `.errors()` otherwise. Then each guard costs two middlewares.

test('the errors of tRPC are one middleware', () => {
  expect(baseProcedure._def.middlewares.map(({ _type }) => _type)).toEqual(['errors']);
});

test('a guard and its typed errors are one middleware', () => {
  const guarded = asBuilder<object>(guardedBy(letIn));
  expect(guarded._def.middlewares).toHaveLength(1);
  expect(t.procedure.concat(guarded)._def.middlewares).toHaveLength(1);
});

test('the errors of tRPC leave an answer alone that is no stream', async () => {
  const [typeErrors] = baseProcedure._def.middlewares;
  for (const data of ['pong', { id: 1 }, [1], null, undefined, new Date(0)]) {
    const result = { ok: true, data, marker: 'middlewareMarker' };
    expect(await typeErrors?.({ type: 'query', next: async () => result } as never)).toBe(result);
  }
});

/** What a server answers to a call of a procedure behind this guard. */
async function answerOf(guard: Guard, resolve: () => string = () => 'pong'): Promise<unknown> {
  const router = t.router({ ping: asBuilder<object>(guardedBy(guard)).query(resolve) });
  const req = new Request('http://localhost/ping');
  const response = await fetchRequestHandler({ endpoint: '', req, router, createContext: () => ({}) as never });
  return response.json();
}

test('a call that the guard lets through is answered', async () => {
  expect(await answerOf(letIn)).toEqual({ result: { data: 'pong' } });
});

test('a refusal is typed, whether the guard or the procedure throws it', async () => {
  const refusal = { error: { data: { code: 'UNAUTHORIZED', path: 'ping', durin: { code: 'INVALID_TOKEN' } } } };
  expect(await answerOf(async () => refuse())).toMatchObject(refusal);
  expect(await answerOf(letIn, refuse)).toMatchObject(refusal);
});

test('any other error of a guard keeps its form', async () => {
  const answer = await answerOf(async () => {
    throw new TypeError('a mistake');
  });
  expect(answer).toEqual({ error: expect.objectContaining({ message: 'a mistake' }) as unknown });
  expect(answer).toMatchObject({ error: { data: { code: 'INTERNAL_SERVER_ERROR' } } });
  expect(answer).not.toHaveProperty('error.data.durin');
});
