const lifetime = 'Enter a duration such as 14d, 12h, 30m or 45s, up to 68 years, or never';
const rate = 'Enter a rate such as 5/s, 100/m, 1000/h or 10000/d, or leave the field empty.';

/** Sentences that name everything a field of the page accepts. The server's name what its input accepts. */
const sentencesByPath: Readonly<Record<string, string>> = {
  tokenTtl: `${lifetime}, or leave the field empty.`,
  'changes.tokenTtl': `${lifetime}.`,
  ttl: `${lifetime}, or leave the field empty.`,
  throttleRate: rate,
  'changes.throttleRate': rate,
};

/**
 * The form's field that the server refused, with a sentence for it. The input `tokenTtl` is the field `lifetime`.
 * @param path in the server's input, such as `changes.tokenTtl`
 */
export function fieldErrorOf(path: string, sentences: readonly string[]): [field: string, sentence: string] {
  const name = path.replace(/^changes\./, '');
  return [name === 'tokenTtl' ? 'lifetime' : name, sentencesByPath[path] ?? sentences.join(' ')];
}
