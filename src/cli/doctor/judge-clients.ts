import type { ClientRecord } from '../../database/client-store.ts';
import type { ClientField, ConfiguredClient } from '../../values/client-fields.ts';
import { type Finding, ok, warning } from './finding.ts';

/** Compares the option `clients` with the rows of the database. */
export function judgeClients(
  configured: readonly Pick<ConfiguredClient, 'given' | 'values'>[] | null,
  rows: readonly ClientRecord[],
): Finding[] {
  if (configured === null) return [ok('clients', `The app names no clients, and the database has ${rows.length}.`)];
  const findings = configured.flatMap((client) => judgeClient(client, rows));
  const names = configured.map(({ values }) => values.name).join(', ');
  return findings.length > 0 ? findings : [ok('clients', `The rows are what the option clients says: ${names}.`)];
}

function judgeClient(
  { given, values: { name } }: Pick<ConfiguredClient, 'given' | 'values'>,
  rows: readonly ClientRecord[],
): Finding[] {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined)
    return [
      warning(
        'clients',
        `The client ${name} has no row, so nobody can sign in to it.`,
        'Call durin.clients.sync() when the app starts.',
      ),
    ];
  const fields = (Object.keys(given) as ClientField[]).filter((field) => given[field] !== row[field]);
  if (fields.length === 0) return [];
  const differences = fields.map((field) => `${field} is ${row[field]} and not ${given[field]}`).join(', ');
  return [
    warning(
      'clients',
      `The row of ${name} differs from the option clients: ${differences}.`,
      'If no admin has edited it on purpose, call durin.clients.sync({ update: true }).',
    ),
  ];
}
