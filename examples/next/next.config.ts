import type { NextConfig } from 'next';

const config: NextConfig = {
  serverExternalPackages: ['@electric-sql/pglite', '@mikro-orm/pglite'], // PGlite reads files beside its modules
  turbopack: { root: import.meta.dirname }, // a folder above this one may have a lock as well
};

export default config;
