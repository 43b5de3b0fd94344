import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Row, tableOf } from './table.ts';

const page = join(import.meta.dirname, '../../docs/benchmarks.md');
const start = '<!-- written by npm run bench -- --write -->';
const end = '<!-- end of what is written -->';

/** What was measured, and on what: the machine, the versions, and how the others are configured. */
export function reportOf(rows: readonly Row[], servers: Servers): string {
  return [machineOf(), '', ...versionsOf(servers).map((line) => `- ${line}`), '', tableOf(rows)].join('\n');
}

export interface Servers {
  /** Such as `18.4`. */
  readonly postgres: string;
  readonly redis: string;
}

/** Puts the report into docs/benchmarks.md. */
export function writeReport(report: string): void {
  writeFileSync(page, withReport(readFileSync(page, 'utf8'), report));
}

/** @throws Error if the page has no place for a report */
export function withReport(text: string, report: string): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md must contain '${start}' and '${end}'`);
  return `${text.slice(0, from)}${start}\n\n${report}\n\n${text.slice(to)}`;
}

function machineOf(): string {
  const day = new Date().toISOString().slice(0, 10);
  const [core] = cpus();
  return `The state of ${day}, ${cpus().length} cores (${core?.model.trim()}), Node ${process.versions.node}.`;
}

function versionsOf({ postgres, redis }: Servers): string[] {
  return [
    `PostgreSQL ${postgres} and Redis ${redis}, on the same machine`,
    versions('@trpc/server', '@mikro-orm/postgresql', 'pg', 'redis', '@node-rs/argon2', 'typescript'),
    `${versions('jose')}: HS256; signature, issuer, audience and expiry are verified`,
    `${versions('better-auth')}: the same PostgreSQL through a pool of 10 connections, without rate limit and telemetry; ` +
      '"cookie cache" is `session.cookieCache: { enabled: true, maxAge: 3600 }`',
  ];
}

function versions(...names: readonly string[]): string {
  return names.map((name) => `${name} ${versionOf(name)}`).join(', ');
}

/** Of a package of the project, or of one that only the benchmark has. */
function versionOf(name: string): string {
  const folders = createRequire(import.meta.filename).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as { version: string };
      return version;
    } catch {} // it is in another folder
  }
  throw new Error(`${name} is not installed`);
}
