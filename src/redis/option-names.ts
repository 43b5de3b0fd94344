import type { RedisClientOptions, RedisClusterOptions, RedisSentinelOptions } from 'redis';

/*
 * The options of the package `redis`. What changes its commands and their answers is of no use here, and not in the types below,
 * but an app may have it among its options. The compiler compares the names with the package's, so that a misspelt one is
 * refused.
 */

type Unused =
  | 'modules'
  | 'functions'
  | 'scripts'
  | 'RESP'
  | 'unstableResp3'
  | 'commandOptions'
  | 'clientSideCache'
  | 'himportRegistry'
  | 'keyPrefix';

/** How to reach a server: the common options of `socket`. */
export interface SocketOptions {
  host?: string;
  port?: number;
  /** Default: no TLS, unless the URL starts with `rediss:`. */
  tls?: true;
  ca?: string;
  cert?: string;
  key?: string;
  servername?: string;
  rejectUnauthorized?: boolean;
  /** Milliseconds. Default: 1000. */
  connectTimeout?: number;
}

export type ClientOptions = Omit<RedisClientOptions, Unused | 'socket'> & { socket?: SocketOptions };
export type ClusterOptions = Omit<RedisClusterOptions, Unused | 'rootNodes' | 'defaults'> & {
  rootNodes: ClientOptions[];
  defaults?: ClientOptions;
};
export type SentinelOptions = Omit<RedisSentinelOptions, Unused | 'nodeClientOptions' | 'sentinelClientOptions'> & {
  nodeClientOptions?: ClientOptions;
  sentinelClientOptions?: ClientOptions;
};

const commonNames = {
  modules: true,
  functions: true,
  scripts: true,
  RESP: true,
  unstableResp3: true,
  commandOptions: true,
  clientSideCache: true,
  keyPrefix: true,
} as const;

export const clientOptionNames = {
  ...commonNames,
  url: true,
  socket: true,
  username: true,
  password: true,
  credentialsProvider: true,
  name: true,
  database: true,
  commandsQueueMaxLength: true,
  disableOfflineQueue: true,
  readonly: true,
  pingInterval: true,
  disableClientInfo: true,
  clientInfoTag: true,
  emitInvalidate: true,
  maintNotifications: true,
  maintEndpointType: true,
  maintRelaxedCommandTimeout: true,
  maintRelaxedSocketTimeout: true,
  himportRegistry: true,
} satisfies Record<keyof RedisClientOptions, true>;

export const clusterOptionNames = {
  ...commonNames,
  rootNodes: true,
  defaults: true,
  minimizeConnections: true,
  useReplicas: true,
  maxCommandRedirections: true,
  nodeAddressMap: true,
  himportRegistry: true,
  topologyRefreshOnReconnectionAttemptStrategy: true,
} satisfies Record<keyof RedisClusterOptions, true>;

export const sentinelOptionNames = {
  ...commonNames,
  name: true,
  sentinelRootNodes: true,
  maxCommandRediscovers: true,
  nodeClientOptions: true,
  sentinelClientOptions: true,
  masterPoolSize: true,
  replicaPoolSize: true,
  nodeAddressMap: true,
  scanInterval: true,
  passthroughClientErrorEvents: true,
  reserveClient: true,
} satisfies Record<keyof RedisSentinelOptions, true>;
