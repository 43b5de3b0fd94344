/** Characters that change the order in which text around them is shown (Unicode embeddings, overrides and isolates). */
const reordering = /[\u202A-\u202E\u2066-\u2069]/u;
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

/** Describes what is wrong with a name that people read in lists; `null`: the name is valid. */
export function nameProblem(name: unknown, maxLength: number): string | null {
  if (typeof name !== 'string' || name.replaceAll(invisible, '').trim() === '') return 'This field may not be blank.';
  if (Array.from(name).length > maxLength) return `At most ${maxLength} characters.`;
  if (/\p{Cc}/u.test(name)) return 'No control characters.';
  if (!name.isWellFormed()) return 'This field must be Unicode text.';
  return reordering.test(name) ? 'No characters that change the direction of text.' : null;
}
