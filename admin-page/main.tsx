import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { nonce } from './page-config.ts';

const styles = createCache({ key: 'durin', nonce, prepend: true });
const root = document.getElementById('page');
if (root === null) throw new Error('The element #page is missing.');

createRoot(root).render(
  <StrictMode>
    <CacheProvider value={styles}>
      <App />
    </CacheProvider>
  </StrictMode>,
);
