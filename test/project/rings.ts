import type { SourceFile } from './source-files.ts';

/** The rings, from the innermost. A file imports from its own ring and from those before it. */
export const rings = [
  'words',
  'pure steps',
  'ports',
  'rules',
  'adapters',
  'procedures',
  'router and admin',
  'durin',
  'command line',
] as const;

type Ring = (typeof rings)[number];

/** Where each file of src/ belongs. A new file is placed here first. */
export const ringOf: Readonly<Record<string, Ring>> = {
  'src/wire.ts': 'words',
  'src/errors.ts': 'words',
  'src/events.ts': 'words',
  'src/duration.ts': 'words',
  'src/rate.ts': 'words',
  'src/session.ts': 'words',

  'src/call-origin.ts': 'pure steps',
  'src/deadline.ts': 'pure steps',
  'src/describe-issue.ts': 'pure steps',
  'src/gather.ts': 'pure steps',
  'src/header.ts': 'pure steps',
  'src/mac.ts': 'pure steps',
  'src/request.ts': 'pure steps',
  'src/token.ts': 'pure steps',
  'src/token-event.ts': 'pure steps',
  'src/refuse-invalid-client.ts': 'pure steps',
  'src/database/failures.ts': 'pure steps', // reads plain errors; knows SQLSTATE, no driver
  'src/password.ts': 'pure steps',

  'src/database/token-store.ts': 'ports',
  'src/database/client-store.ts': 'ports',
  'src/database/admin-store.ts': 'ports',
  'src/database/change-listener.ts': 'ports',
  'src/cache/bus.ts': 'ports',
  'src/cache/session-cache.ts': 'ports',
  'src/throttle/rate-counter.ts': 'ports',

  'src/authenticate.ts': 'rules',
  'src/token-issuer.ts': 'rules',
  'src/token-renewer.ts': 'rules',
  'src/token-revoker.ts': 'rules',
  'src/token-admin.ts': 'rules',
  'src/token-purge.ts': 'rules',
  'src/client-admin.ts': 'rules',
  'src/follow-changes.ts': 'rules',
  'src/last-used.ts': 'rules',
  'src/sign-in.ts': 'rules',
  'src/user-activity.ts': 'rules',
  'src/throttle/throttle.ts': 'rules',
  'src/throttle/login-throttle.ts': 'rules',

  'src/quiet-redis.ts': 'adapters',
  'src/redis-bus.ts': 'adapters',
  'src/redis-store.ts': 'adapters',
  'src/redis.ts': 'adapters',
  'src/cache/cached-client-store.ts': 'adapters',
  'src/cache/cached-token-store.ts': 'adapters',
  'src/cache/create-cache.ts': 'adapters',
  'src/cache/flights.ts': 'adapters',
  'src/cache/layered-cache.ts': 'adapters',
  'src/cache/memory-cache.ts': 'adapters',
  'src/cache/shared-cache.ts': 'adapters',
  'src/cache/shared-store.ts': 'adapters',
  'src/cache/stored-entry.ts': 'adapters',
  'src/throttle/create-counters.ts': 'adapters',
  'src/throttle/memory-rate-counter.ts': 'adapters',
  'src/throttle/redis-rate-counter.ts': 'adapters',
  'src/database/commit-listeners.ts': 'adapters',
  'src/database/database.ts': 'adapters',
  'src/database/embedded-json.ts': 'adapters',
  'src/database/entities.ts': 'adapters',
  'src/database/instants.ts': 'adapters',
  'src/database/issue-statement.ts': 'adapters',
  'src/database/projection.ts': 'adapters',
  'src/database/punctual.ts': 'pure steps',
  'src/database/row-format.ts': 'adapters',
  'src/database/schema.ts': 'adapters',
  'src/database/select-clients.ts': 'adapters',
  'src/database/select-tokens.ts': 'adapters',
  'src/database/select-usage.ts': 'adapters',
  'src/database/select-users.ts': 'adapters',
  'src/database/session-select.ts': 'adapters',
  'src/database/sql-admin-store.ts': 'adapters',
  'src/database/sql-client-store.ts': 'adapters',
  'src/database/sql-token-store.ts': 'adapters',
  'src/database/user-key.ts': 'adapters',
  'src/database/views.ts': 'adapters',
  'src/database/watch-changes.ts': 'adapters',

  'src/trpc.ts': 'procedures',
  'src/context.ts': 'procedures',
  'src/procedures.ts': 'procedures',
  'src/response-meta.ts': 'procedures',

  'src/admin-access.ts': 'router and admin',
  'src/admin/admin-inputs.ts': 'router and admin',
  'src/admin/admin-options.ts': 'router and admin',
  'src/admin/admin-procedures.ts': 'router and admin',
  'src/admin/admin-router.ts': 'router and admin',
  'src/admin/admin-views.ts': 'router and admin',
  'src/admin/clients.ts': 'router and admin',
  'src/admin/create-durin-admin.ts': 'router and admin',
  'src/admin/index.ts': 'router and admin',
  'src/admin/page.ts': 'router and admin',
  'src/admin/page/bounded-request.ts': 'router and admin',
  'src/admin/page/login-fields.ts': 'router and admin',
  'src/admin/page/page-assets.ts': 'router and admin',
  'src/admin/page/page-entry.ts': 'router and admin',
  'src/admin/page/page-handler.ts': 'router and admin',
  'src/admin/page/page-headers.ts': 'router and admin',
  'src/admin/page/page-path.ts': 'router and admin',
  'src/admin/page/page-router.ts': 'router and admin',
  'src/admin/tell-action.ts': 'router and admin',
  'src/admin/token-cursor.ts': 'router and admin',
  'src/admin/tokens.ts': 'router and admin',
  'src/admin/usage.ts': 'router and admin',
  'src/admin/user-directory.ts': 'router and admin',
  'src/admin/users.ts': 'router and admin',
  'src/admin/whoami.ts': 'router and admin',

  'src/router/api-access.ts': 'router and admin',
  'src/router/durin-router.ts': 'router and admin',
  'src/router/login.ts': 'router and admin',
  'src/router/logout.ts': 'router and admin',
  'src/router/refresh.ts': 'router and admin',
  'src/router/router-procedures.ts': 'router and admin',
  'src/router/sessions.ts': 'router and admin',

  'src/options.ts': 'durin',
  'src/options-schema.ts': 'durin',
  'src/resolve-options.ts': 'durin',
  'src/parts.ts': 'durin',
  'src/durin.ts': 'durin',
  'src/index.ts': 'durin',

  'src/cli/admin-caller.ts': 'command line',
  'src/cli/client-commands.ts': 'command line',
  'src/cli/command.ts': 'command line',
  'src/cli/failure.ts': 'command line',
  'src/cli/find-user.ts': 'command line',
  'src/cli/load-config.ts': 'command line',
  'src/cli/main.ts': 'command line',
  'src/cli/program.ts': 'command line',
  'src/cli/terminal.ts': 'command line',
  'src/cli/token-commands.ts': 'command line',
  'src/cli/token-ttl.ts': 'command line',
};

/** The only files that may import this one. */
const onlyImporters: Readonly<Record<string, readonly string[]>> = {
  'src/options.ts': ['src/durin.ts', 'src/parts.ts', 'src/resolve-options.ts', 'src/index.ts'],
  'src/options-schema.ts': ['src/resolve-options.ts'],
  'src/resolve-options.ts': ['src/parts.ts'],
  'src/parts.ts': ['src/durin.ts'],
  'src/index.ts': [],
  'src/admin/index.ts': [],
};

const vagueNames = /(?:^|\/)(?:utils?|helpers?|common|types|misc|shared|lib)(?:\.tsx?|\/)/;

/** What is wrong with where these files are and what they import, a sentence each. */
export function faultsOf(files: readonly SourceFile[], placed: Readonly<Record<string, Ring>> = ringOf): string[] {
  return [
    ...files.flatMap((file) => [...faultsOfPlace(file, placed), ...faultsOfImports(file, placed)]),
    ...cyclesOf(files),
  ];
}

function faultsOfPlace({ path, imports }: SourceFile, placed: Readonly<Record<string, Ring>>): string[] {
  const faults = [];
  if (path.startsWith('src/') && !(path in placed)) faults.push(`${path} has no ring: place it in ringOf`);
  if (vagueNames.test(path)) faults.push(`${path} has a name that tells no subject`);
  if (path === 'src/wire.ts' && imports.length > 0)
    faults.push(`${path} imports ${imports.join(', ')}, but may import nothing`);
  return faults;
}

function faultsOfImports({ path, imports, loads }: SourceFile, placed: Readonly<Record<string, Ring>>): string[] {
  const faults = [];
  for (const imported of imports) {
    const own = placed[path];
    const other = placed[imported];
    if (own && other && rings.indexOf(other) > rings.indexOf(own))
      faults.push(`${path} (${own}) imports ${imported} (${other}), which is further out`);
    if (path.startsWith('client/') && imported.startsWith('src/') && imported !== 'src/wire.ts')
      faults.push(`${path} is the SDK's and imports ${imported}, the server's`);
    if (path.startsWith('src/') && imported.startsWith('client/'))
      faults.push(`${path} is the server's and imports ${imported}, the SDK's`);
    if (path.startsWith('admin-page/') && imported.startsWith('src/') && loads.includes(imported))
      faults.push(`${path} is the admin page's and loads ${imported}, of which it may have the types only`);
    if (!path.startsWith('admin-page/') && imported.startsWith('admin-page/'))
      faults.push(`${path} imports ${imported}, which runs in a page`);
    if (imported.startsWith('@mikro-orm/') && !path.startsWith('src/database/'))
      faults.push(`${path} imports ${imported}, which is for src/database/ alone`);
    if (onlyImporters[imported]?.includes(path) === false) faults.push(`${path} may not import ${imported}`);
  }
  return faults;
}

/** A sentence for each import that closes a circle. */
function cyclesOf(files: readonly SourceFile[]): string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const faults: string[] = [];
  function visit(path: string, way: readonly string[]): void {
    if (way.includes(path)) {
      faults.push(`a circle of imports: ${[...way.slice(way.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    if (done.has(path)) return;
    for (const imported of importsOf.get(path) ?? []) visit(imported, [...way, path]);
    done.add(path);
  }
  for (const { path } of files) visit(path, []);
  return faults;
}
