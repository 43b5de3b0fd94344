import { expect, test } from 'vitest';
import { createFairQueue } from '../../../src/throttle/fair-queue.ts';

function open(concurrency: number, maxWaiting: number) {
  const queue = createFairQueue({ concurrency, maxWaiting });
  const answers: string[] = [];
  function enter(line: string): void {
    void queue.enter(line).then((isAdmitted) => answers.push(`${line} ${isAdmitted ? 'in' : 'out'}`));
  }
  async function settled() {
    await new Promise(setImmediate);
    return answers.splice(0);
  }
  return { enter, leave: queue.leave, settled };
}

test('lines are served in turn', async () => {
  const { enter, leave, settled } = open(1, 10);
  for (const line of ['a', 'a', 'a', 'b', 'c', 'b']) enter(line);
  expect(await settled()).toEqual(['a in']);
  const served = [];
  for (let index = 0; index < 5; index += 1) {
    leave();
    served.push(...(await settled()));
  }
  expect(served).toEqual(['a in', 'b in', 'c in', 'a in', 'b in']);
});

test('a full queue refuses the newest of the longest line', async () => {
  const { enter, settled } = open(1, 3);
  for (const line of ['a', 'a', 'a', 'a', 'b']) enter(line);
  expect(await settled()).toEqual(['a in', 'a out']);
  enter('a');
  enter('c'); // in place of an a
  enter('d');
  expect(await settled()).toEqual(['a out', 'a out', 'd out']);
});

test('without room to wait, a caller beyond the places is refused', async () => {
  const { enter, leave, settled } = open(2, 0);
  for (const line of ['a', 'b', 'c']) enter(line);
  expect(await settled()).toEqual(['a in', 'b in', 'c out']);
  leave();
  enter('c');
  expect(await settled()).toEqual(['c in']);
});
