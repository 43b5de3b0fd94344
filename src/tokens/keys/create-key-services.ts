import { type ActivateKeyDeps, createActivateKey } from './activate-key.ts';
import { createExpiryNotices, type ExpiryNoticesDeps } from './expiry-notices.ts';
import { createKeyAccess } from './key-access.ts';
import { createKeyClients, type KeyRules } from './key-rules.ts';

export type KeyServicesDeps = ActivateKeyDeps &
  Omit<ExpiryNoticesDeps, 'keyClients'> & {
    /** The rules of the clients whose tokens are keys. */
    readonly rules: readonly KeyRules[];
    /** The client of users' only keys; `null`: there is none. */
    readonly apiClientName: string | null;
  };

/** Creates what keys have beyond other tokens. */
export function createKeyServices({ rules, apiClientName, ...deps }: KeyServicesDeps) {
  const keyClients = createKeyClients(rules);
  return {
    keyClients,
    /** The clients of all kinds of API keys. */
    keyClientNames: [apiClientName ?? [], keyClients.names].flat(),
    keyAccess: createKeyAccess(keyClients),
    activateKey: createActivateKey(deps),
    notices: createExpiryNotices({ ...deps, keyClients }),
  };
}
