import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // The server's content security policy allows no data: URLs, and all supported browsers have modulepreload.
  build: { target: 'baseline-widely-available', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // For `npx vite` in this folder, which serves the page while you edit it. `npm start` provides the API.
  server: { proxy: { '/trpc': 'http://127.0.0.1:3000' } },
});
