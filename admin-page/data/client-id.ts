/**
 * Encodes a client's name for the page's paths. A name may contain or equal `%2F`, `..` or `create`, which the router would
 * interpret.
 */
export function clientIdOf(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll(
    /[^\w%-]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return encoded.replace(/^create$/, '%63reate').replaceAll('%', '~');
}

/** Decodes what `clientIdOf` returned. Anything else is returned unchanged. */
export function clientNameOf(id: string): string {
  try {
    return decodeURIComponent(id.replaceAll('~', '%'));
  } catch {
    return id;
  }
}
