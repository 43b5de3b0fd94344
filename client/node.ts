export type { ApiKeyClientOptions } from './create-api-key-client.ts';
export { createApiKeyClient } from './create-api-key-client.ts';
export { fileStorage } from './storage/file-storage.ts';
