import { MikroORM } from '@mikro-orm/pglite';
import type { AnyRouter } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createDurinAdmin } from '../../src/admin/index.ts';
import { runProgram } from '../../src/cli/run-program.ts';
import {
  type AdminAction,
  createDurin,
  type DurinClient,
  type DurinOptions,
  type DurinProcedures,
  type EventName,
} from '../../src/index.ts';
import type { CacheOptions } from '../../src/options/cache-options.ts';
import type { CookieOptions } from '../../src/options/cookie-options.ts';
import type { KeyOptions } from '../../src/options/key-options.ts';
import type { ApiAccessOptions, ClientConfig, StreamOptions } from '../../src/options/options.ts';
import { parseOptions } from '../../src/options/parse-options.ts';
import type { Settings } from '../../src/options/settings.ts';
import type { LoginThrottleOptions, ThrottleOptions } from '../../src/options/throttle-options.ts';
import { refusals } from '../../src/wire.ts';
import { readPackageJson } from '../project/source-files.ts';
import { requiredOptions } from '../support/app.ts';
import { entities } from '../support/entities.ts';
import { namesOf } from './names-of.ts';
import { readPage, tableBelow } from './pages.ts';

type Options = DurinOptions<object, DurinClient, string, false, z.ZodObject, unknown, unknown, unknown, object>;

const orm = new MikroORM({ entities, dbName: 'memory://' });

describe('the table of options', () => {
  const rows = tableBelow('docs/reference/options.md', 'Options').map(([name = '', value = '']) => ({ name, value }));
  const below = (place: string) =>
    rows.flatMap(({ name }) =>
      name.startsWith(place) && !name.slice(place.length).includes('.') ? name.slice(place.length) : [],
    );

  test('names every option once, and nothing else', () => {
    const groups = ['apiAccess', 'cookies', 'streams', 'throttle']; // only their members have rows
    expect([...below(''), ...groups].toSorted()).toEqual(
      namesOf<Options>({
        orm: true,
        entities: true,
        secret: true,
        verifyCredentials: true,
        clients: true,
        scopes: true,
        scopesOf: true,
        defaultTokenTtl: true,
        credentialFields: true,
        tokenLength: true,
        tokenPrefix: true,
        authHeaderPrefix: true,
        apiKeyHeader: true,
        cookies: true,
        loginInput: true,
        resolveClient: true,
        isUserActive: true,
        refreshTokenOnLogin: true,
        rotateTokenOnLogin: true,
        serializeUser: true,
        formatExpiry: true,
        loginResponse: true,
        populate: true,
        filters: true,
        apiAccess: true,
        cache: true,
        streams: true,
        throttle: true,
        databaseTimeout: true,
        lastUsedInterval: true,
        preparedStatements: true,
        trustProxy: true,
        tokenInUrl: true,
        now: true,
        onListenerError: true,
        onWarning: true,
      }),
    );
    expect(below('clients.*.').toSorted()).toEqual(
      namesOf<ClientConfig>({
        tokenTtl: true,
        throttleRate: true,
        maxSessions: true,
        atLimit: true,
        idleTtl: true,
        maxLifetime: true,
        scopes: true,
        keys: true,
        transport: true,
      }),
    );
    expect(below('cookies.').toSorted()).toEqual(
      namesOf<CookieOptions>({ name: true, sameSite: true, secure: true, allowedOrigins: true }),
    );
    expect(below('clients.*.keys.').toSorted()).toEqual(
      namesOf<KeyOptions>({
        max: true,
        ttl: true,
        maxTtl: true,
        fresh: true,
        createFrom: true,
        fullAccess: true,
        rate: true,
        allowedNetworks: true,
      }),
    );
    expect(below('apiAccess.').toSorted()).toEqual(
      namesOf<ApiAccessOptions<string>>({
        clientName: true,
        excludeFromSessions: true,
        includeToken: true,
        fresh: true,
      }),
    );
    expect(below('throttle.').toSorted()).toEqual(
      namesOf<ThrottleOptions>({ rate: true, authRouter: true, login: true, redis: true, limiter: true, prefix: true }),
    );
    expect(below('cache.').toSorted()).toEqual(
      namesOf<CacheOptions>({ ttl: true, maxSessions: true, timeout: true, store: true, bus: true }),
    );
    expect(below('streams.').toSorted()).toEqual(namesOf<StreamOptions>({ recheck: true }));
    expect(below('throttle.login.').toSorted()).toEqual(
      namesOf<LoginThrottleOptions>({
        perUser: true,
        perAddress: true,
        perAccount: true,
        unknownAddress: true,
        successes: true,
        concurrency: true,
        queue: true,
        userKey: true,
      }),
    );
  });

  test('says which options are required', () => {
    const required = rows.filter(({ value }) => value === 'required').map(({ name }) => name);
    expect(required.toSorted()).toEqual(Object.keys(requiredOptions(orm)).toSorted());
  });

  const withDefault = rows.filter(({ value }) => /^(?:'.*'|\d+|true|false|null|\{\}|\[.*\])$/.test(value));

  test.for(withDefault)('$name: its default is $value', ({ name, value }) => {
    const given: unknown = JSON.parse(value.replaceAll("'", '"'));
    // Of defaults inside an option, what is left out of it is compared with what is written into it.
    const store = { get() {}, set() {}, delete() {} };
    const bus = { start() {}, isConnected() {}, publish() {}, close() {} };
    const around = {
      clients: { clients: { web: name.includes('.keys.') ? { keys: {} } : {} } },
      cache: { cache: { ttl: '60s', store, bus } },
      cookies: { clients: { web: { transport: 'cookie' } }, cookies: {} },
    };
    const [group = ''] = name.split('.');
    const left = { ...requiredOptions(orm), ...(name.includes('.') ? around[group as keyof typeof around] : {}) };
    const written = withValue(left, name.replace('*', 'web').split('.'), given);
    expect(withoutGiven(parseOptions(written))).toEqual(withoutGiven(parseOptions(left)));
  });

  test('the other defaults are words', () => {
    const others = rows.filter((row) => !withDefault.includes(row) && !['required', 'none'].includes(row.value));
    expect(others.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'clients.*.tokenTtl: defaultTokenTtl',
      "clients.*.keys.ttl: the client's `tokenTtl`",
      'clients.*.keys.createFrom: every client of `clients` without `keys`, but that of `apiAccess`',
      'cookies.name: `__Host-durin` or `durin`',
      'loginInput: z.object({ username, password })',
      'isUserActive: user.isActive !== false',
      'throttle.login.unknownAddress: `60/m` or `perUser`',
      'throttle.login.concurrency: cores, from 2 to 3',
      'throttle.prefix: durin:rate:<database>',
      'now: Date.now',
    ]);
    expect(parseOptions(requiredOptions(orm)).now).toBe(Date.now);
  });
});

function withValue(options: object, path: readonly string[], value: unknown): object {
  const [first = '', ...rest] = path;
  const inner = { ...(options as Record<string, object>)[first] };
  return { ...options, [first]: rest.length === 0 ? value : withValue(inner, rest, value) };
}

test('the table of errors is that of the code', () => {
  const inCode = Object.entries(refusals).map(([code, [trpcCode, sentence]]) => [code, trpcCode, sentence]);
  expect(tableBelow('docs/reference/errors.md', 'All errors')).toEqual(inCode);
});

test('every error has a cause and a cure', () => {
  const explained = tableBelow('docs/reference/errors.md', 'Causes and cures').flatMap(([codes = '']) =>
    codes.split(', '),
  );
  expect(explained).toEqual(Object.keys(refusals));
});

test('the table of events names every event', () => {
  expect(
    tableBelow('docs/reference/events.md', 'All events')
      .map(([name]) => name)
      .toSorted(),
  ).toEqual(
    namesOf<Record<EventName, unknown>>({
      loggedIn: true,
      loginFailed: true,
      reauthenticated: true,
      loggedOut: true,
      tokenIssued: true,
      tokenRenewed: true,
      tokenExpiring: true,
      tokenExpired: true,
      tokenRevoked: true,
      tokenLeaked: true,
      throttled: true,
      cacheUnavailable: true,
      cacheRecovered: true,
      denied: true,
      adminAction: true,
    }),
  );
});

test('the table of admin actions names every field', () => {
  type Fields<TName> = Exclude<keyof Extract<AdminAction, { action: TName }>, 'action'>;
  const inCode: { [TName in AdminAction['action']]: Record<Fields<TName>, true> } = {
    'client-created': { client: true },
    'client-updated': { client: true, changes: true },
    'client-deleted': { client: true, tokens: true },
    'token-issued': { tokenId: true, userId: true, client: true, expiry: true },
    'key-rolled': { tokenId: true, userId: true, client: true, expiry: true, replaces: true },
    'key-renamed': { tokenId: true, userId: true, client: true, name: true },
    'token-revoked': { tokenId: true, userId: true, client: true },
    'user-signed-out': { userId: true, revoked: true },
    'expired-purged': { purged: true },
  };
  const rows = tableBelow('docs/guides/admin.md', 'What admins did');
  const inDocs = rows.map(([action, fields = '']) => [action, /[\w, ]+/.exec(fields)?.[0].split(', ')]);
  expect(inDocs).toEqual(Object.entries(inCode).map(([action, fields]) => [action, Object.keys(fields)]));
});

test('the table of procedures is the router', () => {
  const router: AnyRouter = createDurin(requiredOptions(orm)).durinRouter;
  const inCode = Object.entries(router._def.procedures as Record<string, { _def: { type: string } }>);
  expect(tableBelow('docs/reference/procedures.md', 'The procedures').map(([name, kind]) => `${name} ${kind}`)).toEqual(
    inCode.map(([name, procedure]) => `${name} ${procedure._def.type}`),
  );
});

test('the table of admin procedures is the admin router', () => {
  const { adminRouter } = createDurinAdmin(createDurin(requiredOptions(orm)), { isAdmin: () => true });
  const router: AnyRouter = adminRouter;
  const inCode = Object.entries(router._def.procedures as Record<string, { _def: { type: string } }>);
  expect(tableBelow('docs/guides/admin.md', 'The admin procedures').map(([name, kind]) => `${name} ${kind}`)).toEqual(
    inCode.map(([name, procedure]) => `${name} ${procedure._def.type}`),
  );
});

test('the table of builders names every builder', () => {
  const named = tableBelow('docs/reference/builders.md', 'The builders').map(
    ([builder = '']) => /^durin\.(\w+)/.exec(builder)?.[1],
  );
  expect([...new Set(named)].toSorted()).toEqual(
    namesOf<DurinProcedures<never>>({
      procedure: true,
      guardedProcedure: true,
      optionalProcedure: true,
      authedProcedure: true,
      clientProcedure: true,
      scopedProcedure: true,
      throttledProcedure: true,
    }),
  );
});

test('the table of entry points names every export of the package', () => {
  const named = tableBelow('docs/getting-started.md', 'Install').map(([entry = '']) => entry);
  const exported = Object.keys(readPackageJson().exports).filter((path) => path !== './package.json');
  expect(named.toSorted()).toEqual(exported.map((path) => path.replace(/^\./, 'trpc-durin')).toSorted());
});

/** What `--help` prints, of the program or of a command. */
async function helpOf(...command: string[]): Promise<string> {
  let help = '';
  const print = (text: string) => {
    help += text;
  };
  const terminal = {
    print,
    printError: print,
    isInteractive: false,
    confirm: () => Promise.resolve(false),
    askSecret: () => Promise.resolve(''),
  };
  await runProgram([...command, '--help'], terminal, '0');
  return help;
}

/** The commands below a command, with their operands; those that have commands themselves are left out. */
async function commandsBelow(...path: string[]): Promise<string[]> {
  const [, section = ''] = (await helpOf(...path)).split('Commands:');
  const inHelp = section.matchAll(/^ {2}([a-z-]+)(?: \[options\])?((?: (?:<\w+>|\[\w+\]))*)/gm);
  const named = Array.from(inHelp, ([, name = '', operands]) => ({ name, operands })).filter(
    ({ name }) => name !== 'help' && name !== 'trpc-durin',
  );
  const below = await Promise.all(
    named.map(async ({ name, operands }) => {
      const commands = await commandsBelow(...path, name);
      return commands.length > 0 ? commands : [[...path, `${name}${operands}`].join(' ')];
    }),
  );
  return below.flat();
}

test('the table of commands names every command', async () => {
  const commands = await commandsBelow();
  const named = tableBelow('docs/reference/command-line.md', 'The commands').map(([command]) => command);
  expect(named.toSorted()).toEqual(commands.toSorted());
});

const listOf = (cell: string) => cell.replaceAll('`', '').split(', ');

test('the table of command-line options is that of the help', async () => {
  const commands = tableBelow('docs/reference/command-line.md', 'The commands').map(([name = '']) =>
    name.replace(/ [<[].*/, ''),
  );
  const inHelp = await Promise.all(
    commands.map(async (command) => {
      const options = (await helpOf(...command.split(' '))).matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <\w+>)?)/gm);
      return Array.from(options, ([, option]) => `${option} of ${command}`);
    }),
  );
  const named = tableBelow('docs/reference/command-line.md', 'The options').flatMap(([options = '', of = '']) =>
    listOf(options).flatMap((option) => listOf(of).map((command) => `${option} of ${command}`)),
  );
  expect(named.toSorted()).toEqual(
    inHelp
      .flat()
      .filter((option) => !option.startsWith('--help '))
      .toSorted(),
  );
});

test('the list of the behaviours of django-rest-durin has 50 entries', () => {
  const numbers = readPage('docs/migrating-from-django-rest-durin.md').matchAll(/^(\d+)\. /gm);
  expect(Array.from(numbers, ([, number]) => Number(number))).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});

test('the table of standards has S1 to S35', () => {
  const ids = tableBelow('docs/security.md', 'Standards').map(([id]) => id);
  expect(ids).toEqual(Array.from({ length: 35 }, (_, index) => `S${index + 1}`));
});

test('the table of the server API names functions that exist', () => {
  const durin: object = createDurin(requiredOptions(orm));
  const paths = tableBelow('docs/reference/server-api.md', 'Everything else').map(
    ([call = '']) => /^durin\.([\w.]+)\(/.exec(call)?.[1] ?? '',
  );
  const valueAt = (path: string) =>
    path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], durin);
  expect(paths.filter((path) => typeof valueAt(path) !== 'function')).toEqual([]);
});

/** Settings also remember which fields of a client were written. The rules of keys have functions, which are not compared. */
function withoutGiven({ clients, keys, ...settings }: Settings) {
  const rules = keys.map((rule) => ({ ...rule, mayManage: null }));
  return { ...settings, keys: rules, clients: clients?.map(({ values }) => values) };
}
