import type { Epoch } from '../session/epoch.ts';
import { type LoginAnswer, loginEvent, type SessionEvent } from '../session/session.ts';

/** What a link emits for a success. The HTTP links put the response into the context; a WebSocket link does not. */
interface Envelope {
  readonly result: object;
  readonly context?: { readonly response?: { readonly headers?: Pick<Headers, 'get'> } } | undefined;
}

/**
 * Returns the event that a successful answer stands for; `undefined` if the procedure does not change the session.
 * @param procedure the name inside the durin router: `login`
 * @param usesCookie whether the browser has the token in a cookie
 * @param epoch the epoch whose token the call was sent with
 * @param call the call's number
 */
export function answerEvent(
  procedure: string,
  usesCookie: boolean,
  epoch: Epoch,
  call: number,
  envelope: Envelope,
): SessionEvent | undefined {
  if (procedure.startsWith('logout')) return { type: 'end', epoch, reason: 'logged-out' };
  if (procedure !== 'login' && procedure !== 'refresh') return undefined;

  const { data } = envelope.result as { data: LoginAnswer };
  const login = loginEvent(data, usesCookie, call, envelope.context?.response?.headers?.get('date'));
  return procedure === 'login' ? login : { ...login, type: 'refresh', epoch };
}
