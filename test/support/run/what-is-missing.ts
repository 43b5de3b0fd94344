import { hasChromium } from '../browser/chromium-path.ts';
import { hasRedisServer } from '../servers/redis-server.ts';
import { hasPostgres } from '../servers/skipped.ts';
import { browser, examples, loadInBrowser, ownRedis, realRedis } from './test-files.ts';

export const isCI = Boolean(process.env['CI']);
export const withPostgres = hasPostgres();
/** The tests that a missing redis-server leaves out. */
export const withoutRedis = hasRedisServer()
  ? []
  : process.env['REDIS_URL'] === undefined
    ? [...realRedis, ...ownRedis]
    : ownRedis;
export const withChromium = hasChromium();
/** What is not tested here, and why. */
export const missing = [
  ...(withPostgres
    ? []
    : [`all that runs on PostgreSQL: no binary for ${process.platform}-${process.arch}, and no DATABASE_URL`]),
  ...(withoutRedis.length > 0 ? [`${withoutRedis.join(', ')}: no redis-server is installed`] : []),
  ...(withChromium
    ? []
    : [`${[...browser, ...examples, ...loadInBrowser].join(', ')}: no Chromium is installed, and CHROMIUM names none`]),
];
if (isCI && missing.length > 0) throw new Error(`This is CI, and it would skip ${missing.join('; ')}`);
if (withChromium && !isCI) missing.push('most tests of the web pages: npm run test:browser runs them, and so does CI');
