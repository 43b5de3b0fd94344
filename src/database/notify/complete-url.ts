/** Where the ORM connects, as `pg` has resolved it. */
export interface ConnectionDefaults {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
}

/**
 * Adds to a connection string what it leaves out. `pg` would take that from the environment, whatever its other options
 * are. A host without a port has PostgreSQL's usual one, because a port belongs to its host.
 */
export function completeUrl(connectionString: string, defaults: ConnectionDefaults): string {
  const url = new URL(connectionString);
  const { searchParams } = url;
  const addressed = url.hostname !== '' || searchParams.has('host');

  function add(name: string, isGiven: boolean, value: string | number | undefined): void {
    if (!isGiven && !searchParams.has(name) && value !== undefined) searchParams.set(name, String(value));
  }

  add('user', url.username !== '', defaults.user);
  add('password', url.password !== '', defaults.password);
  add('port', addressed || url.port !== '', defaults.port);
  add('host', addressed, defaults.host);
  if (['', '/'].includes(url.pathname) && defaults.database !== undefined) {
    url.pathname = `/${encodeURI(defaults.database)}`;
  }
  return url.href;
}
