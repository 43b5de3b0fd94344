/** Characters that are not seen: control characters, and those that Unicode lets a font ignore, such as the soft hyphen. */
const invisible = /[\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Folds the ways to write a name into one: compatibility forms (NFKC), case, invisible characters, white space around it, and
 * how much of it is within. So limits count one account for what most apps and databases take for one name, and a user's keys can be told apart.
 *
 * @example foldName(' Ali\u00adce ') // 'alice'
 */
export function foldName(name: string): string {
  const visible = name.normalize('NFKC').replaceAll(invisible, '').replaceAll(/\s+/g, ' ').trim();
  return visible.toUpperCase().toLowerCase().normalize('NFKC'); // by way of upper case: 'ß' and 'ss', final and other sigmas
}
