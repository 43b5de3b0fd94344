import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import superjson from 'superjson';
import { createDurinClient } from 'trpc-durin/client';
import { createDurinContext } from 'trpc-durin/react';
import type { AppRouter } from './router.ts';

const { DurinProvider, useAuth, useSession } = createDurinContext<AppRouter>();

// Hooks of another copy of React than the one that renders would throw.
function Greeting() {
  useAuth();
  const session = useSession();
  return createElement('p', {}, session.status === 'signed-in' ? session.user.username : session.status);
}

const { auth } = createDurinClient<AppRouter>({ url: '/trpc', path: 'auth', client: 'web', transformer: superjson });
console.log(renderToString(createElement(DurinProvider, { auth }, createElement(Greeting))));
