const browsers = [
  ['Edge', /\bEdg/],
  ['Opera', /\bOPR\//],
  ['Firefox', /\bFirefox\//],
  ['Chrome', /\b(?:Headless)?Chrom(?:e|ium)\//],
  ['Safari', /\bSafari\//],
  ['curl', /^curl\//],
  ['Node', /^node/],
] as const;

const systems = [
  ['Android', /\bAndroid\b/],
  ['an iPhone', /\biPhone\b/],
  ['an iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
] as const;

/** "Firefox on Linux", as far as a User-Agent header tells. */
export function deviceInWords(userAgent: string | null): string {
  const text = userAgent ?? '';
  const nameIn = (list: readonly (readonly [string, RegExp])[]) => list.find(([, sign]) => sign.test(text))?.[0];
  const browser = nameIn(browsers) ?? 'An unknown program';
  const system = nameIn(systems);
  return system ? `${browser} on ${system}` : browser;
}
