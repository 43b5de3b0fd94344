import { expect, test } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const habits = {
  'no environment variable is read': /\bprocess\s*(?:\.|\?\.)\s*env\b|\bprocess\[/,
  'no module has a variable that changes': /^(?:export )?(?:let|var)\b/m,
  'no module has a container that fills up':
    /^(?:export )?const \w+[^=]*= new (?:(?:Weak)?(?:Map|Set)(?:<[^(]*>)?\(\)|LRUCache\b)/m,
  'no type is any': /[:<|&,([=]\s*any\b(?!\s*[(:'.])|\bas any\b|\bany\[\]/,
  'nothing is left for later': /\b(?:TODO|FIXME|XXX|HACK)\b/,
  'no check of the compiler is turned off':
    /@ts-(?:ignore|expect-error|nocheck)|(?:oxlint|eslint|biome)-(?:disable|ignore)/,
};

/** A line that has each habit's fault, so that a habit that finds nothing is found out. */
const faults: Record<keyof typeof habits, readonly string[]> = {
  'no environment variable is read': ['const url = process.env.URL;', "process['env']"],
  'no module has a variable that changes': ['let count = 0;', 'export let current: string | null = null;'],
  'no module has a container that fills up': [
    'const states = new WeakMap<DurinRequest, RequestState>();',
    'export const known = new Map();',
    'const seen = new LRUCache<string, number>({ max: 1 });',
  ],
  'no type is any': ['const a: any = 1;', 'Promise<any>', 'x as any', 'const list: any[] = [];', 'type A = any;'],
  'nothing is left for later': ['// TODO: later'],
  'no check of the compiler is turned off': ['// @ts-ignore', '// oxlint-disable-next-line no-console'],
};

for (const [habit, fault] of Object.entries(habits)) {
  test(`in src, client and admin-page ${habit}`, () => {
    const files = [...readSourceFiles('src'), ...readSourceFiles('client'), ...readSourceFiles('admin-page')];
    const isAboutComments = fault.test('// TODO @ts-ignore');
    const found = files.filter(({ code, text }) => fault.test(isAboutComments ? text : code));
    expect(found.map(({ path }) => path)).toEqual([]);
    for (const line of faults[habit as keyof typeof habits]) expect(line).toMatch(fault);
  });
}
