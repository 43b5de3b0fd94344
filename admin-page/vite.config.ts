import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the page into the package, from where `src/admin/page/` serves it. */
export default defineConfig({
  root: import.meta.dirname,
  base: './', // the app decides where the page is mounted
  plugins: [react()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: '../dist/admin-page',
    emptyOutDir: true,
    license: { fileName: 'third-party-licenses.md' }, // the bundle contains React, MUI, react-admin and others
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
});
