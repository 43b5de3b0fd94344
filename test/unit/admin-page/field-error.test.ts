import { expect, test } from 'vitest';
import { fieldErrorOf } from '../../../admin-page/text/field-error.ts';

const says = (path: string) => fieldErrorOf(path, ['Something the server said.']);

test('the error of a lifetime names all that the field takes', () => {
  const lifetime = 'Enter a duration such as 14d, 12h, 30m or 45s, up to 68 years, or never';
  expect(says('changes.tokenTtl')).toEqual(['lifetime', `${lifetime}.`]);
  expect(says('tokenTtl')).toEqual(['lifetime', `${lifetime}, or leave the field empty.`]);
  expect(says('ttl')).toEqual(['ttl', `${lifetime}, or leave the field empty.`]);
});

test('the error of an idle time or a longest lifetime is at its field', () => {
  const idle = 'Enter a duration such as 3d or 12h, at least 5m, or never.';
  expect([says('idleTtl'), says('changes.idleTtl')]).toEqual([
    ['idleTime', idle],
    ['idleTime', idle],
  ]);
  expect(says('changes.maxLifetime')).toEqual([
    'longestLife',
    'Enter a duration such as 14d, 12h, 30m or 45s, up to 68 years, or never.',
  ]);
});

test('the error of a rate names all that the field takes', () => {
  const rate = 'Enter a rate such as 5/s, 100/m, 1000/h or 10000/d, or leave the field empty.';
  expect([says('throttleRate'), says('changes.throttleRate')]).toEqual([
    ['throttleRate', rate],
    ['throttleRate', rate],
  ]);
});

test("other fields show the server's sentence", () => {
  expect(says('changes.name')).toEqual(['name', 'Something the server said.']);
});
