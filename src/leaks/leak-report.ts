import { z } from 'zod';

/** A text that was found in public and may be a token. */
export interface Finding {
  readonly token: string;
  /** The name of the pattern that it matches, as the app registered it. */
  readonly type: string;
  /** Where it was found; `null`: not known. */
  readonly url: string | null;
  /** The kind of that place, such as `commit`; `null`: not known. */
  readonly source: string | null;
}

export type LeakReport =
  | { readonly kind: 'findings'; readonly findings: readonly Finding[] }
  | { readonly kind: 'malformed' }
  /** It has more than `maxFindings`. */
  | { readonly kind: 'too-long' };

export const maxFindings = 5_000;

const place = z
  .string()
  .nullish()
  .transform((text) => text || null);
const finding = z.object({ token: z.string(), type: z.string(), url: place, source: place });
const list = z.array(z.unknown());

/** Parses the body of a report whose signature was verified. */
export function parseReport(body: Uint8Array): LeakReport {
  const entries = list.safeParse(parseJson(body));
  if (!entries.success) return { kind: 'malformed' };
  if (entries.data.length > maxFindings) return { kind: 'too-long' };
  const findings = z.array(finding).safeParse(entries.data);
  return findings.success ? { kind: 'findings', findings: findings.data } : { kind: 'malformed' };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
