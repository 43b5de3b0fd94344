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

/** Describes the device behind a User-Agent header: "Firefox on Linux". */
export function describeDevice(userAgent: string | null): string {
  const text = userAgent ?? '';
  const findName = (list: readonly (readonly [string, RegExp])[]) =>
    list.find(([, pattern]) => pattern.test(text))?.[0];
  const browser = findName(browsers) ?? 'Unknown program';
  const system = findName(systems);
  return system ? `${browser} on ${system}` : browser;
}

interface UsedFrom {
  readonly isCurrent: boolean;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/**
 * Describes where a session is used: "Firefox on Linux, 203.0.113.7". The server writes a session's last use a little later,
 * and devices of one client share a session, so for the current session the server may still name another device.
 * @param ownUserAgent of this browser
 */
export function describePlace({ isCurrent, ipAddress, userAgent }: UsedFrom, ownUserAgent: string): string {
  if (isCurrent && userAgent !== ownUserAgent) return describeDevice(ownUserAgent);
  return ipAddress === null ? describeDevice(userAgent) : `${describeDevice(userAgent)}, ${ipAddress}`;
}
