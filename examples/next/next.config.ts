import type { NextConfig } from 'next';

const config: NextConfig = {
  serverExternalPackages: ['@electric-sql/pglite', '@mikro-orm/pglite'], // PGlite reads files beside its modules
};

export default config;
