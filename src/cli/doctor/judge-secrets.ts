import { type Finding, ok, problem, warning } from './finding.ts';

/** Words of samples and placeholders. Nobody meets one in a random secret. */
const sampleWords =
  /secret|passw|change.?me|example|sample|placeholder|your.?|insert|replace|default|keyboard.?cat|lorem|qwert|12345/i;

/** The least entropy of a secret, in bits: that of 16 random bytes. */
const leastBits = 96;

/** Secrets that verify beside the first one, before it is a habit to keep them. */
const mostOlder = 2;

/** Judges the option `secret`. What is found never contains a secret. */
export function judgeSecrets(secrets: readonly string[]): Finding[] {
  const [signing = '', ...older] = secrets;
  return [judgeSigning(signing), ...judgeOlder(signing, older)];
}

function judgeSigning(secret: string): Finding {
  const generate =
    'Generate one with: openssl rand -base64 32. Keep the old one as the second of the list until its tokens are renewed.';
  if (sampleWords.test(secret))
    return problem('secret', 'The secret contains a word of samples, so it can be guessed.', generate);
  const bits = Math.floor(entropyOf(secret));
  if (bits < leastBits)
    return warning('secret', `The secret repeats its characters: it has about ${bits} bits.`, generate);
  return ok('secret', `The secret has ${secret.length} characters that look random.`);
}

function judgeOlder(signing: string, older: readonly string[]): Finding[] {
  if (older.length === 0) return [];
  const count = `${older.length} older secret${older.length === 1 ? '' : 's'}`;
  if (older.includes(signing))
    return [warning('rotation', 'The list of secrets has the first one twice.', 'Remove the other.')];
  if (older.some((secret) => sampleWords.test(secret)))
    return [
      problem(
        'rotation',
        'An older secret contains a word of samples, and still verifies.',
        'Remove it from the list.',
      ),
    ];
  if (older.length > mostOlder)
    return [warning('rotation', `${count} still verify.`, 'Remove those whose tokens have expired or were renewed.')];
  return [ok('rotation', `${count} still verif${older.length === 1 ? 'ies' : 'y'}.`)];
}

/** Shannon's entropy of the characters, in bits: what it would be if each was drawn by its frequency. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / text.length);
  return -text.length * shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}
