import { type Finding, ok, problem, warning } from './finding.ts';

/** An answer to a guarded call without a token. */
export interface GuardedAnswer {
  readonly status: number;
  /** The code of durin's refusal; `null`: another answer. */
  readonly code: string | null;
  /** The header WWW-Authenticate. */
  readonly challenge: string | null;
  /** Headers that proxies add, such as `via`. */
  readonly proxyHeaders: readonly string[];
}

/** An answer to a preflight of a login. */
export interface PreflightAnswer {
  readonly origin: string;
  readonly status: number;
  readonly allowOrigin: string | null;
  /** In lower case. */
  readonly allowHeaders: readonly string[];
  readonly allowsCredentials: boolean;
}

/** The status of an answer to a large body, or what happened in its place. */
export type BodyAnswer = number | 'closed' | 'timeout';

export function judgeAnswer({ status, code, challenge }: GuardedAnswer, path: string): Finding[] {
  if (code !== 'NO_CREDENTIALS')
    return [
      problem(
        'api',
        `${path} answered with status ${status}, and not with NO_CREDENTIALS.`,
        'Pass --api the address of the tRPC endpoint, and --auth-path where the router has durinRouter.',
      ),
    ];
  if (challenge === null)
    return [
      ok('api', `${path} refuses a call without a token.`),
      problem(
        'responseMeta',
        'The refusal has no header WWW-Authenticate: the headers of refusals and limits are not sent.',
        'Pass responseMeta: durin.responseMeta to the adapter of tRPC, and let the proxy keep the headers.',
      ),
    ];
  return [
    ok('api', `${path} refuses a call without a token.`),
    ok('responseMeta', 'It sends the headers of refusals.'),
  ];
}

export function judgeProxy({ proxyHeaders }: Pick<GuardedAnswer, 'proxyHeaders'>, trustProxy: number): Finding {
  const names = proxyHeaders.join(', ');
  if (proxyHeaders.length > 0 && trustProxy === 0)
    return problem(
      'proxy',
      `The answer went through a proxy (${names}), and trustProxy is 0: all callers share the limits of its address.`,
      'Set trustProxy to the number of proxies in front of the server.',
    );
  if (proxyHeaders.length === 0 && trustProxy > 0)
    return warning(
      'proxy',
      `trustProxy is ${trustProxy}, and the answer shows no proxy: callers of the server itself could claim any address.`,
      'See that every request goes through the proxies.',
    );
  return ok('proxy', trustProxy === 0 ? 'There is no sign of a proxy.' : `trustProxy is ${trustProxy}.`);
}

/**
 * @param own the answer to the app's origin
 * @param foreign the answer to an origin that no app has
 * @param allowedOrigins the option `cookies.allowedOrigins`; `null`: there is no session cookie
 */
export function judgeCors(
  own: PreflightAnswer,
  foreign: PreflightAnswer,
  allowedOrigins: ReadonlySet<string> | null,
): Finding[] {
  const findings = [judgePreflight(own, allowedOrigins !== null), ...judgeForeign(foreign)];
  if (allowedOrigins !== null && !allowedOrigins.has(own.origin))
    findings.push(
      problem(
        'cors',
        `cookies.allowedOrigins does not list ${own.origin}, so its changes are refused with CROSS_SITE.`,
        'List it, unless it is the origin of the server itself.',
      ),
    );
  return findings;
}

function judgePreflight(
  { origin, allowOrigin, allowHeaders, allowsCredentials, status }: PreflightAnswer,
  hasCookie: boolean,
): Finding {
  if (status >= 400)
    return problem(
      'cors',
      `The preflight of ${origin} is answered with status ${status}.`,
      'Answer OPTIONS with 204 before any guard.',
    );
  if (allowOrigin !== origin && (allowOrigin !== '*' || hasCookie))
    return problem(
      'cors',
      `Access-Control-Allow-Origin is ${allowOrigin ?? 'missing'} and not ${origin}.`,
      'Send the exact origin.',
    );
  const missing = ['authorization', 'content-type'].filter((name) => !allowHeaders.includes(name)); // * does not cover authorization
  if (missing.length > 0)
    return problem(
      'cors',
      `Access-Control-Allow-Headers lacks ${missing.join(', ')}.`,
      `Send Access-Control-Allow-Headers: authorization, content-type.`,
    );
  if (hasCookie && !allowsCredentials)
    return problem(
      'cors',
      'Access-Control-Allow-Credentials is missing, so browsers send no session cookie.',
      'Send Access-Control-Allow-Credentials: true.',
    );
  return ok('cors', `${origin} may call.`);
}

/** A server that allows every origin with credentials lets any page act with the user's cookies. */
function judgeForeign({ origin, allowOrigin, allowsCredentials }: PreflightAnswer): Finding[] {
  if (allowOrigin !== origin || !allowsCredentials) return [];
  return [problem('cors', 'Every origin may call with credentials.', 'Allow the origins of your apps only.')];
}

/** The answer to a login whose body has `bytes`. Only one that read it knows that it is no login. */
export function judgeBody(answer: BodyAnswer, bytes: number): Finding {
  const cure = 'Set maxBodySize of the adapter, or a limit of the proxy, such as 1 MB.';
  switch (answer) {
    case 413:
    case 'closed':
      return ok('body limit', 'It refuses large bodies.');
    case 400:
      return warning('body limit', `It read a body of ${bytes / 1e6} MB of an anonymous caller.`, cure);
    case 'timeout':
      return warning('body limit', `It did not answer a body of ${bytes / 1e6} MB in time.`, cure);
    default:
      return warning('body limit', `It is not known: login answered a large body with status ${answer}.`, cure);
  }
}
