export type { Bus, Listen, Listening, ListenOptions } from '../cache/bus.ts';
export { type DurinTriggerOptions, durinTrigger } from '../database/notify/triggers.ts';
export { type PostgresBusOptions, postgresBus } from './postgres-bus.ts';
