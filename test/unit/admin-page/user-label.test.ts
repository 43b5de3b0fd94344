import { expect, test } from 'vitest';
import { uniqueLabelOf } from '../../../admin-page/tokens/user-label.ts';

test('users with the same label are shown with their keys', () => {
  const users = [
    { id: 1, label: 'Ann' },
    { id: 2, label: 'Ann' },
    { id: '3', label: 'Ben' },
  ];
  expect(users.map((user) => uniqueLabelOf(users, user))).toEqual(['Ann (1)', 'Ann (2)', 'Ben']);
});
