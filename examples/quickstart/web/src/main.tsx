import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { queryClient } from './app/connection.ts';
import { CrashNotice } from './app/crash-notice.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

createRoot(root).render(
  <StrictMode>
    <CrashNotice>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </CrashNotice>
  </StrictMode>,
);
