/** An item of a RateLimit field: a quoted name with integer parameters. */
export interface LimitItem {
  name: string;
  [parameter: string]: string | number;
}

const item = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"((?:;[a-z*][a-z0-9_.*-]*=\d{1,15})*)$/;

/** Parses a list of strings with integer parameters (RFC 9651). Throws if it is malformed. */
export function parseLimits(field: string | null): LimitItem[] {
  if (field === null) return [];
  return field.split(', ').map((text) => {
    const [, name, parameters] = item.exec(text) ?? [];
    if (name === undefined || parameters === undefined) throw new SyntaxError(`not an item of the list: ${text}`);
    const pairs = parameters.split(';').slice(1);
    const values = pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), Number(pair.slice(pair.indexOf('=') + 1))]);
    return { name: name.replaceAll(/\\(.)/g, '$1'), ...Object.fromEntries(values) } as LimitItem;
  });
}
