import { expect, test } from 'vitest';
import { createWatchOutages } from '../../../src/database/mistakes/watch-outages.ts';
import { DurinError } from '../../../src/errors.ts';

function open() {
  const reports: string[] = [];
  const answers = { isUp: true, isPoolBusy: false, asked: 0 };
  const report = {
    began: (cause: unknown) => void reports.push((cause as Error).message),
    ended: () => void reports.push('ended'),
    stop: () => undefined,
  };
  async function confirm(): Promise<void> {
    answers.asked += 1;
    if (!answers.isUp) throw new Error('refused');
  }
  const explain = ({ message }: Error) => (answers.isPoolBusy ? new Error(`${message}: busy`) : new Error(message));
  const watch = createWatchOutages(report, confirm, explain);
  return { watch, reports, answers };
}

const settle = () => new Promise((resolve) => void setImmediate(resolve));

async function failWith(watch: (work: Promise<never>) => Promise<never>, message: string, code?: string) {
  const cause = Object.assign(new Error(message), code !== undefined && { code });
  await watch(Promise.reject(new DurinError('STORE_UNAVAILABLE', { cause }))).catch(() => undefined);
  await settle();
}

test('a timeout is an outage if the database does not answer either', async () => {
  const { watch, reports, answers } = open();
  await failWith(watch.failures, 'a row was locked');
  expect(reports).toEqual([]);
  answers.isUp = false;
  await failWith(watch.failures, 'the database did not answer');
  expect(reports).toEqual(['the database did not answer']);
});

test('a timeout is reported with what is known about the connections', async () => {
  const { watch, reports, answers } = open();
  Object.assign(answers, { isUp: false, isPoolBusy: true });
  await failWith(watch.failures, 'the database did not answer');
  expect(reports).toEqual(['the database did not answer: busy']);
});

test('an error of a socket is reported as it is', async () => {
  const { watch, reports, answers } = open();
  Object.assign(answers, { isUp: false, isPoolBusy: true });
  await failWith(watch.failures, 'connect ECONNREFUSED', 'ECONNREFUSED');
  expect(reports).toEqual(['connect ECONNREFUSED']);
});

test.each(['ECONNREFUSED', '42501'])('the code %s is confirmed first', async (code) => {
  const { watch, reports, answers } = open();
  await failWith(watch.statement, 'another service, or one table', code);
  expect(reports).toEqual([]);
  answers.isUp = false;
  await failWith(watch.statement, 'the database', code);
  expect(reports).toEqual(['the database']);
});

test.each(['25006', '53100'])('the SQLSTATE %s needs no confirmation', async (code) => {
  const { watch, reports, answers } = open();
  await failWith(watch.statement, 'read only, or full', code);
  expect(reports).toEqual(['read only, or full']);
  expect(answers.asked).toBe(0);
});

test('an error of one statement is no outage', async () => {
  const { watch, reports, answers } = open();
  await failWith(watch.statement, 'a deadlock', '40P01');
  expect([reports, answers.asked]).toEqual([[], 0]);
});

test('failures at once are confirmed together', async () => {
  const { watch, answers } = open();
  await Promise.all(['one', 'two', 'three'].map((message) => failWith(watch.statement, message)));
  expect(answers.asked).toBe(1);
});

test('a statement ends an outage, and work without one does not', async () => {
  const { watch, reports } = open();
  await failWith(watch.statement, 'full', '53100');
  await watch.failures(Promise.resolve());
  expect(reports).toEqual(['full']);
  await watch.statement(Promise.resolve());
  expect(reports).toEqual(['full', 'ended']);
});
