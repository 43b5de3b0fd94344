import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';
import { faultsOf, placeOf, rings } from './rings.ts';
import { listFiles, readPackageJson, readSourceFiles, toSourceFile } from './source-files.ts';

const server = readSourceFiles('src');
const sdk = readSourceFiles('client');
const adminPage = readSourceFiles('admin-page');

test('every file is in a ring and imports inward', () => {
  expect(server.length).toBeGreaterThan(40);
  expect(adminPage.length).toBeGreaterThan(20);
  expect(faultsOf([...server, ...sdk, ...adminPage])).toEqual([]);
});

test('every place that has a ring exists', () => {
  const places = new Set(server.map(({ path }) => placeOf(path)));
  expect(rings.flat().filter((place) => !places.has(place))).toEqual([]);
});

test('no folder holds more than 16 files, and src no more than 12', () => {
  const counts = new Map<string, number>();
  const all = listFiles(['src', 'client', 'admin-page', 'test', 'examples']);
  for (const path of all.filter((file) => basename(file) !== 'package-lock.json')) // nobody reads these
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  const crowded = [...counts].filter(([folder, count]) => count > (folder === 'src' ? 12 : 16));
  expect(crowded).toEqual([]);
});

test.for([
  [
    'an import from further out',
    'src/tokens/authenticate.ts',
    "import type { Durin } from '../durin.ts';",
    'not further in',
  ],
  ['the same, as a re-export', 'src/session.ts', "export { t } from './trpc/base-procedure.ts';", 'not further in'],
  ['the same, when it runs', 'src/session.ts', "const t = await import('./trpc/base-procedure.ts');", 'not further in'],
  ['an import from beside', 'src/redis/redis-bus.ts', "import { a } from '../postgres/a.ts';", 'not further in'],
  ['a file without a ring', 'src/new.ts', '', 'has no ring'],
  ['a file for everything', 'src/database/utils.ts', '', 'tells no subject'],
  ['a folder for everything', 'client/helpers/tabs.ts', '', 'tells no subject'],
  [
    'MikroORM as a type',
    'src/durin/compose.ts',
    "import type { MikroORM } from '@mikro-orm/core';",
    'src/database/ alone',
  ],
  [
    'MikroORM over many lines',
    'src/durin.ts',
    "import {\n  MikroORM,\n} from '@mikro-orm/core';",
    'src/database/ alone',
  ],
  ['the server in the SDK', 'client/link.ts', "import type { Auth } from '../src/session.ts';", "the server's"],
  ['the SDK in the server', 'src/durin.ts', "import { link } from '../client/link.ts';", "the SDK's"],
  ['the server in the admin page', 'admin-page/app.tsx', "import { refusals } from '../src/wire.ts';", 'types only'],
  ['the admin page in the server', 'src/durin.ts', "import { App } from '../admin-page/app.tsx';", 'runs in a page'],
  ['an import of wire.ts', 'src/wire.ts', "import 'node:fs';", 'may import nothing'],
  ['an import of units.ts', 'src/values/units.ts', "import 'node:fs';", 'may import nothing'],
  ['an import of index.ts', 'src/durin.ts', "import type { Durin } from './index.ts';", 'may not import'],
  [
    'the options elsewhere',
    'src/password.ts',
    "import type { DurinOptions } from './options/options.ts';",
    'may not import',
  ],
] as const)('%s is found', ([, path, text, fault]) => {
  expect(faultsOf([toSourceFile(path, text)]).join('\n')).toContain(fault);
});

test('a circle of imports is found', () => {
  const files = [
    toSourceFile('src/values/rate.ts', "import { a } from './duration.ts';"),
    toSourceFile('src/values/duration.ts', "import { b } from './client-fields.ts';"),
    toSourceFile('src/values/client-fields.ts', "import type { C } from './rate.ts';"),
  ];
  expect(faultsOf(files)).toEqual([
    'a circle of imports: src/values/rate.ts -> src/values/duration.ts -> src/values/client-fields.ts -> src/values/rate.ts',
  ]);
});

test('a package that is imported is one that users get, or are told to have', () => {
  const { dependencies, peerDependencies } = readPackageJson();
  const declared = new Set([...Object.keys(dependencies), ...Object.keys(peerDependencies)]);
  const imported = [...server, ...sdk]
    .flatMap(({ imports }) => imports)
    .filter((name) => !/^(?:src|client)\//.test(name));
  const packages = new Set(
    imported.map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    ),
  );
  expect([...packages].filter((name) => !name.startsWith('node:') && !declared.has(name))).toEqual([]);
});
