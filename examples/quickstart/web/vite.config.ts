import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The server's policy allows no data: URLs, and the polyfill is for browsers without modulepreload.
  build: { target: 'baseline-widely-available', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // `npx vite examples/quickstart/web` serves the page while you write it; the API is that of `npm start`.
  server: { proxy: { '/trpc': 'http://127.0.0.1:3000' } },
});
