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
  return foldCase(visible).normalize('NFKC');
}

/**
 * Each detour joins letters that the others leave apart: upper case joins 'ß' and 'ss', the sigmas, and 'ı' and 'i'; lower case before it
 * joins 'ẞ' and 'ß'. The lower case of 'İ' is an 'i' with a second dot in Unicode, and a plain 'i' for `lower` in most databases.
 */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i');
}
