import { randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { bearer } from 'better-auth/plugins/bearer';
import { Pool } from 'pg';
import { createClient } from 'redis';

export interface BetterAuthOptions {
  /** Of the database. */
  readonly url: string;
  /** How many users there are, with a session each. */
  readonly users: number;
  /** Sessions are in this Redis, as its secondary storage. Default: in the database. */
  readonly redisUrl?: string;
  /** Whether a signed cookie holds the session for an hour. Default: false. */
  readonly hasCookieCache?: boolean;
}

/** An app with better-auth, and its users. Passwords are not hashed: signing up is not what is measured. */
export async function openBetterAuth({ url, users, redisUrl, hasCookieCache = false }: BetterAuthOptions) {
  const pool = new Pool({ connectionString: url, max: 10 });
  const redis =
    redisUrl === undefined ? null : await createClient({ url: redisUrl, disableOfflineQueue: true }).connect();
  const options = {
    baseURL: 'http://localhost:3000',
    secret: 'a secret of the benchmark, long enough for it',
    database: pool,
    emailAndPassword: {
      enabled: true,
      password: { hash: async (password: string) => password, verify: async () => true },
    },
    session: { cookieCache: { enabled: hasCookieCache, maxAge: 3600 } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [bearer()],
    ...(redis && {
      secondaryStorage: {
        get: (name: string) => redis.get(key(name)),
        getAndDelete: (name: string) => redis.getDel(key(name)),
        increment: async (name: string, ttl: number) => {
          const count = await redis.incr(key(name));
          if (count === 1) await redis.expire(key(name), ttl);
          return count;
        },
        set: async (name: string, value: string, ttl?: number) =>
          void (await redis.set(key(name), value, ttl === undefined ? {} : { EX: ttl })),
        delete: async (name: string) => void (await redis.del(key(name))),
      },
    }),
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const bearers: Headers[] = [];
  const cookies: string[] = [];
  const group = randomUUID(); // the database may hold those of another server
  for (let index = 0; index < users; index += 1) {
    const body = { email: `user.${index}.${group}@example.com`, password: 'password', name: `User ${index}` };
    const answer = await auth.api.signUpEmail({ body, asResponse: true });
    const { token } = (await answer.json()) as { token: string };
    bearers.push(new Headers({ authorization: `Bearer ${token}` }));
    cookies.push(cookieOf(answer));
  }

  return {
    auth,
    /** The header `cookie` of each user's browser. */
    cookies,
    /** Looks up the session of the user with this number by its bearer token. */
    async getSession(index: number): Promise<unknown> {
      const session = await auth.api.getSession({ headers: bearers[index % users] ?? new Headers() });
      if (session === null) throw new Error('better-auth knows no such session');
      return session;
    },
    async close(): Promise<void> {
      redis?.destroy();
      await pool.end();
    },
  };
}

const key = (name: string) => `better-auth:${name}`;

function cookieOf({ headers }: Response): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
