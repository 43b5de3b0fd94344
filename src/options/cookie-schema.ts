import { z } from 'zod';
import { isLoopback } from '../request/judge-site.ts';
import { text } from './option-values.ts';

const flag = z.boolean('must be true or false');

const origin = z.custom<string>((value) => originProblem(value) === null, {
  error: ({ input }) => originProblem(input) ?? '',
});

/** The option `cookies`. */
export const cookies = z
  .strictObject({
    name: text
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, "must be the name of a cookie, such as '__Host-durin'")
      .optional(),
    sameSite: z.enum(['lax', 'strict', 'none'], "must be 'lax', 'strict' or 'none'").default('lax'),
    secure: flag.default(true),
    allowedOrigins: z.array(origin, 'must be a list of origins').default([]),
  })
  .refine(({ name = '', secure }) => secure || !/^__(?:host|secure)-/i.test(name), {
    path: ['name'],
    error: "must not start with '__Host-' or '__Secure-' where secure is false: browsers would refuse the cookie",
  })
  .refine(({ sameSite, secure }) => secure || sameSite !== 'none', {
    path: ['sameSite'],
    error: "must not be 'none' where secure is false: browsers would refuse the cookie",
  })
  .refine(({ secure, allowedOrigins }) => !secure || !allowedOrigins.some(isOpen), {
    path: ['allowedOrigins'],
    error: 'must list https origins only: anybody in the network can change a page over http',
  });

/** Whether an origin is one over http, of another machine. */
function isOpen(allowed: string): boolean {
  return URL.canParse(allowed) && new URL(allowed).protocol === 'http:' && !isLoopback(new URL(allowed));
}

/** Why a value is no origin as browsers send it; `null` if it is one. */
function originProblem(value: unknown): string | null {
  const example = "such as 'https://app.example.com'";
  if (typeof value !== 'string' || !URL.canParse(value)) return `must be an origin, ${example}`;
  const { protocol, host, origin: written } = new URL(value);
  if (!['https:', 'http:'].includes(protocol) || host.includes('*')) return `must be one origin, ${example}`;
  return value === written ? null : `must be '${written}': an origin has no path and no slash at its end`;
}
