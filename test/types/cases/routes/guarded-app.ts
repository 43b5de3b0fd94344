import type { AuthOf } from '../../../../src/http/index.ts';
import { createDurin } from '../../../../src/index.ts';
import { type durin, required } from '../app.ts';

/** The session that guards set, as the frameworks learn of it. */
export type RouteSession = AuthOf<typeof durin>;

/** An app with scopes. */
export const scoped = createDurin({ ...required, scopes: ['read', 'write'], clients: { web: {}, cli: {} } });
