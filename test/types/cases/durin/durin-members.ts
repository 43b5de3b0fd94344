import type { durin } from '../app.ts';
import { same } from '../same.ts';

// Every member of what createDurin returns. A member that is removed by mistake, from the type and the object alike, does not compile.
same<
  keyof typeof durin,
  | 'audit'
  | 'authedProcedure'
  | 'authenticate'
  | 'clientProcedure'
  | 'clients'
  | 'close'
  | 'contextFrom'
  | 'createContext'
  | 'durinRouter'
  | 'events'
  | 'flush'
  | 'guard'
  | 'guardedProcedure'
  | 'health'
  | 'leaks'
  | 'optionalProcedure'
  | 'policyOf'
  | 'procedure'
  | 'responseMeta'
  | 'scopedProcedure'
  | 'signIn'
  | 'throttledProcedure'
  | 'tokenPattern'
  | 'tokens'
  | 'usage'
  | 'users'
>();

same<keyof typeof durin.tokens, 'issue' | 'purgeExpired' | 'renew' | 'revoke' | 'revokeAll'>();
same<keyof typeof durin.clients, 'create' | 'delete' | 'list' | 'sync' | 'update'>();
same<keyof typeof durin.audit, 'list' | 'purge'>();
same<keyof typeof durin.usage, 'byClient' | 'byDay' | 'byUser'>();
same<keyof typeof durin.users, 'forget'>();
same<keyof typeof durin.events, 'on'>();
same<keyof typeof durin.clientProcedure, 'except'>();
