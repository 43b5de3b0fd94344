const browsers = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['HeadlessChrome', 'Chrome'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const;

const systems = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/** A short description of a user agent: `Firefox on Linux`, `curl/8.5.0`. */
export function describeUserAgent(userAgent: string | null): string {
  if (userAgent === null) return '';
  const [, browser] = browsers.find(([mark]) => userAgent.includes(`${mark}/`)) ?? [];
  if (browser === undefined) return userAgent.split(' ', 1)[0] ?? '';
  const [, system] = systems.find(([mark]) => userAgent.includes(mark)) ?? [];
  return system === undefined ? browser : `${browser} on ${system}`;
}
