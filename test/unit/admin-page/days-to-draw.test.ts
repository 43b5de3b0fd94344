import { expect, test } from 'vitest';
import { daysToDraw } from '../../../admin-page/usage/days-to-draw.ts';

const day = (name: string, issued: number, lastUsed: number) => ({ day: name, issued, lastUsed });

test('the chart begins on the first day with a token', () => {
  const days = [day('1', 0, 0), day('2', 0, 0), day('3', 0, 1), day('4', 0, 0), day('5', 2, 1)];
  expect(daysToDraw(days)).toEqual(days.slice(2));
  expect(daysToDraw(days.slice(0, 2))).toEqual([]);
  expect(daysToDraw(days.slice(4))).toEqual(days.slice(4));
});
