import { DurinError } from '../../errors.ts';
import type { IssuedToken } from '../../tokens/issue-token.ts';

/** What a session's key is not issued for, whatever the key is. */
type Ended = Extract<
  IssuedToken['outcome'],
  'unknown-client' | 'inactive-user' | 'unknown-user' | 'session-ended' | 'credentials-changed' | 'overtaken'
>;

/** Returns the refusal of a key whose client, user or session is gone. */
export function keyRefusal(outcome: Ended): DurinError {
  switch (outcome) {
    case 'unknown-client':
      return new DurinError('API_ACCESS_DISABLED'); // the client was never created, or is deleted
    case 'inactive-user':
      return new DurinError('USER_INACTIVE'); // deactivated after the session was looked up
    case 'unknown-user':
    case 'session-ended':
    case 'credentials-changed':
    case 'overtaken':
      return new DurinError('INVALID_TOKEN'); // ended after the session was looked up
  }
}
