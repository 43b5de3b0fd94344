export type { ActAsOptions, ActingSession, ActingUser } from './act-as.ts';
export { actAs } from './act-as.ts';
export type { SampleTestDurin, TestDurin, TestDurinSetup } from './create-test-durin.ts';
export { createTestDurin } from './create-test-durin.ts';
export type { SampleDurin, SampleEntities } from './sample-durin.ts';
