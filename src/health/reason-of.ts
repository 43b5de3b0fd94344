import { DurinUsageError } from '../errors.ts';

const maxLength = 200;

/** What a Redis answers that belongs to a cluster, to a client that does not know it. */
const clusterAnswer = /^(?:MOVED|ASK|CROSSSLOT) /;
const clusterHint = ' (this Redis is part of a cluster: pass a client of the cluster)';

/**
 * Describes a failure in a line for logs and monitors. What a client threw may wrap what the server said. A message may quote
 * a URL with a password, or the arguments of a command that logs in: these are left out.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const isAdvice = error instanceof DurinUsageError;
  if (error.cause instanceof Error && !isAdvice) return reasonOf(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  const [line = ''] = (error.message || code || error.name).split('\n', 1); // an AggregateError has no message
  const hint = clusterAnswer.test(line) ? clusterHint : '';
  return withoutSecrets(line).slice(0, maxLength) + hint;
}

function withoutSecrets(line: string): string {
  return line
    .replaceAll(/\/\/\S*@/g, '//')
    .replaceAll(/\b(passw(?:or)?d|pwd|secret|token)=\S+/gi, '$1=…')
    .replace(/, with args beginning with.*/i, '');
}
