import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dark, light, type Palette } from '../../admin-page/look/palette.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Each colour of the quickstart's page, light and dark: `--on-accent` is `onAccent`. */
function quickstartColours(): Map<string, { light: string; dark: string }> {
  const css = read('examples/quickstart/web/src/style/colours.css');
  const pairs = css.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\);/g);
  return new Map(
    [...pairs].map(([, name = '', ofLight = '', ofDark = '']) => [
      name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      { light: ofLight, dark: ofDark },
    ]),
  );
}

test('the quickstart and the admin page have the same colours', () => {
  const colours = quickstartColours();
  const of = ({ mode, ...palette }: Palette) =>
    Object.entries(palette).map(([name]) => [name, colours.get(name)?.[mode]]);
  for (const palette of [light, dark]) {
    const { mode, ...shown } = palette;
    expect({ mode, ...Object.fromEntries(of(palette)) }).toEqual({ mode, ...shown });
  }
  expect(read('admin-page/look/page.css')).toContain(`light-dark(${light.ground}, ${dark.ground})`);
});

test('the quickstart and the admin page have the same logo', () => {
  expect(read('admin-page/look/logo.svg')).toBe(read('examples/quickstart/web/public/icon.svg'));
});
