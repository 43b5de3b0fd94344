import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The page is built into the package; `src/admin/page/` serves it from there. */
export default defineConfig({
  root: import.meta.dirname,
  base: './', // it does not know where it will be mounted
  plugins: [react()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: '../dist/admin-page',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
});
