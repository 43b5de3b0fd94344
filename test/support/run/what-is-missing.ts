import { hasChromium } from '../browser/chromium-path.ts';
import { hasHaproxy } from '../servers/haproxy.ts';
import { hasPgbouncer } from '../servers/pgbouncer.ts';
import { hasRedisServer } from '../servers/redis-server.ts';
import { hasPostgres } from '../servers/skipped.ts';
import { browser, examples, loadBehindProxies, loadInBrowser, ownRedis, realRedis } from './test-files.ts';

export const isCI = Boolean(process.env['CI']);
export const withPostgres = hasPostgres();
/** The tests that a missing redis-server leaves out. */
export const withoutRedis = hasRedisServer()
  ? []
  : process.env['REDIS_URL'] === undefined
    ? [...realRedis, ...ownRedis]
    : ownRedis;
export const withChromium = hasChromium();
/** Whether tests may put a proxy or a pooler in front of a PostgreSQL. */
export const withProxies = withPostgres && hasHaproxy() && hasPgbouncer();
/** What is not tested here, and why. */
export const missing = [
  ...(withPostgres
    ? []
    : [`all that runs on PostgreSQL: no binary for ${process.platform}-${process.arch}, and no DATABASE_URL`]),
  ...(withoutRedis.length > 0 ? [`${withoutRedis.join(', ')}: no redis-server is installed`] : []),
  ...(withProxies ? [] : [`${loadBehindProxies.join(', ')}: no haproxy or no pgbouncer is installed`]),
  ...(withChromium
    ? []
    : [`${[...browser, ...examples, ...loadInBrowser].join(', ')}: no Chromium is installed, and CHROMIUM names none`]),
];
if (isCI && missing.length > 0) throw new Error(`This is CI, and it would skip ${missing.join('; ')}`);
if (withChromium && !isCI) missing.push('most tests of the web pages: npm run test:browser runs them, and so does CI');
