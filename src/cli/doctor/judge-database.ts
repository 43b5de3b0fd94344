import type { DatabaseFacts } from '../../database/mistakes/database-facts.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** What the options say about the database. */
export interface DatabaseUse {
  readonly preparedStatements: boolean;
  /** Whether a bus listens to the database. */
  readonly listens: boolean;
}

export function judgeDatabase(facts: DatabaseFacts, use: DatabaseUse): Finding[] {
  return [
    judgeSchema(facts),
    judgePrimary(facts),
    judgeRights(facts),
    judgeRowSecurity(facts),
    judgePooler(facts, use),
  ];
}

/** The statement up to its first parenthesis says what is missing. */
function shorten(statement: string): string {
  return (statement.split('(', 1)[0] ?? '').trim().slice(0, 120);
}

function judgeSchema({ missing }: DatabaseFacts): Finding {
  if (missing === null)
    return warning(
      'schema',
      'The tables could not be compared with the entities.',
      'Run the schema generator or the migrations of the app.',
    );
  const [first] = missing;
  if (first === undefined) return ok('schema', 'The tables, columns, indexes and triggers are those of the entities.');
  const more = missing.length === 1 ? '' : `, and ${missing.length - 1} more`;
  return problem(
    'schema',
    `The database lacks something: ${shorten(first)}${more}.`,
    'Create a migration, and run it.',
  );
}

function judgePrimary({ isReplica, isReadOnly, replicas, version }: DatabaseFacts): Finding {
  if (isReplica) return problem('primary', 'The ORM writes to a replica.', 'Connect it to the primary.');
  if (isReadOnly)
    return problem('primary', 'Transactions are read only.', 'Set default_transaction_read_only to off for this user.');
  const readers =
    replicas === 0 ? '' : ` The ORM's ${replicas} replica${replicas === 1 ? ' is' : 's are'} not read by look-ups.`;
  return ok('primary', `PostgreSQL ${version} takes writes.${readers}`);
}

function judgeRights({ lacking, user }: DatabaseFacts): Finding {
  if (lacking.length === 0) return ok('rights', `The user ${user} may do what is needed.`);
  return problem('rights', `The user ${user} lacks ${lacking.join(', ')}.`, `Grant it to ${user}.`);
}

function judgeRowSecurity({ securedTables, user }: DatabaseFacts): Finding {
  if (securedTables.length === 0) return ok('row security', 'It applies to none of the tables.');
  return problem(
    'row security',
    `Row level security may hide rows of ${securedTables.join(', ')} from ${user}, so valid tokens would be refused.`,
    `Give ${user} a policy that shows all rows, or BYPASSRLS.`,
  );
}

function judgePooler({ isProxied }: DatabaseFacts, { preparedStatements, listens }: DatabaseUse): Finding {
  if (isProxied !== true) return ok('pooler', 'Nothing is known to stand between the app and PostgreSQL.');
  if (preparedStatements)
    return warning(
      'pooler',
      'Something stands between the app and PostgreSQL, such as PgBouncer.',
      'Use PgBouncer 1.21 or newer with max_prepared_statements, or set preparedStatements: false.',
    );
  if (listens)
    return warning(
      'pooler',
      'LISTEN may not work through what stands between the app and PostgreSQL.',
      'Pass postgresBus a connectionString of PostgreSQL itself, unless the pooler pools sessions.',
    );
  return ok('pooler', 'Something stands between the app and PostgreSQL, and preparedStatements is false.');
}
