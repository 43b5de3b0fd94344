import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { bearer } from 'better-auth/plugins/bearer';
import { Pool } from 'pg';
import { createClient } from 'redis';

/** An app with better-auth, which looks up a session by its bearer token. */
export interface BetterAuth {
  /** Looks up the session of the user with this number. */
  getSession(index: number): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Users with a session each, on this Postgres; with `redisUrl`, sessions are in Redis, as its secondary storage.
 * Passwords are not hashed: signing up is not what is measured.
 */
export async function openBetterAuth(url: string, redisUrl: string | null, users: number): Promise<BetterAuth> {
  const pool = new Pool({ connectionString: url, max: 10 });
  const redis = redisUrl === null ? null : await createClient({ url: redisUrl, disableOfflineQueue: true }).connect();
  const options = {
    baseURL: 'http://localhost:3000',
    secret: 'a secret of the benchmark, long enough for it',
    database: pool,
    emailAndPassword: {
      enabled: true,
      password: { hash: async (password: string) => password, verify: async () => true },
    },
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
  const headers: Headers[] = [];
  for (let index = 0; index < users; index += 1) {
    const email = `user.${index}.${redis ? 'redis' : 'postgres'}@example.com`;
    const { token } = await auth.api.signUpEmail({ body: { email, password: 'password', name: `User ${index}` } });
    headers.push(new Headers({ authorization: `Bearer ${token}` }));
  }

  return {
    async getSession(index) {
      const session = await auth.api.getSession({ headers: headers[index % users] ?? new Headers() });
      if (session === null) throw new Error('better-auth knows no such session');
      return session;
    },
    async close() {
      redis?.destroy();
      await pool.end();
    },
  };
}

const key = (name: string) => `better-auth:${name}`;
