const lifetime = 'Enter a duration such as 14d, 12h, 30m or 45s, up to 68 years, or never';
const idleTime = 'Enter a duration such as 3d or 12h, at least 5m, or never.';
const rate = 'Enter a rate such as 5/s, 100/m, 1000/h or 10000/d, or leave the field empty.';

/** Sentences that name everything a field of the page accepts. The server's name what its input accepts. */
const sentencesByPath: Readonly<Record<string, string>> = {
  tokenTtl: `${lifetime}, or leave the field empty.`,
  'changes.tokenTtl': `${lifetime}.`,
  ttl: `${lifetime}, or leave the field empty.`,
  idleTtl: idleTime,
  'changes.idleTtl': idleTime,
  maxLifetime: `${lifetime}.`,
  'changes.maxLifetime': `${lifetime}.`,
  throttleRate: rate,
  'changes.throttleRate': rate,
  overlap: 'Enter a duration such as 24h, 7d or 0s, up to 30 days.',
};

/** The fields of the client form that are texts of the server's inputs. */
const fieldsByInput: Readonly<Record<string, string>> = {
  tokenTtl: 'lifetime',
  idleTtl: 'idleTime',
  maxLifetime: 'longestLife',
};

/**
 * The form's field that the server refused, with a sentence for it.
 * @param path in the server's input, such as `changes.tokenTtl`
 */
export function fieldErrorOf(path: string, sentences: readonly string[]): [field: string, sentence: string] {
  const name = path.replace(/^changes\./, '');
  return [fieldsByInput[name] ?? name, sentencesByPath[path] ?? sentences.join(' ')];
}
