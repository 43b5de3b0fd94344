import { createOpenSource, type OpenSourceDeps } from './auth-source.ts';
import { type AuthenticateSourceDeps, createAuthenticateSource } from './authenticate-source.ts';
import { createRouteGuards, type RouteGuardsDeps } from './guard-source.ts';
import { createToAnswered, type ToAnsweredDeps } from './refused-answer.ts';

export type RoutesDeps = OpenSourceDeps &
  ToAnsweredDeps &
  Omit<AuthenticateSourceDeps, 'openSource' | 'toAnswered'> &
  Omit<RouteGuardsDeps, 'openSource' | 'toAnswered'>;

/** Creates what protects the routes of the app that are not tRPC. */
export function createRoutes(deps: RoutesDeps) {
  const openSource = createOpenSource(deps);
  const toAnswered = createToAnswered(deps);
  return {
    authenticateSource: createAuthenticateSource({ ...deps, openSource, toAnswered }),
    ...createRouteGuards({ ...deps, openSource, toAnswered }),
  };
}
