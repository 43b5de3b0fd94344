export { type InstrumentOptions, instrumentDurin } from './instrument-durin.ts';
