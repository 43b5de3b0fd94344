import { type MeterProvider, metrics, type TracerProvider, trace } from '@opentelemetry/api';
import { internalsOf } from '../durin/internals.ts';
import { DurinUsageError, isDurinError } from '../errors.ts';
import type { EventSource } from '../events.ts';
import type { Observer } from '../health/telemetry.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { createSpans } from './spans.ts';

export interface InstrumentOptions {
  /** Creates the spans. Default: the global one, which the SDK of OpenTelemetry registers. */
  tracerProvider?: TracerProvider | undefined;
  /** Creates the metrics. Default: the global one. */
  meterProvider?: MeterProvider | undefined;
}

/** Any durin, whatever the app's types are. */
interface AnyDurin {
  readonly events: EventSource<never>;
}

/** What names the library to OpenTelemetry, as the scope of its spans and metrics. */
const scope = 'trpc-durin';

/**
 * Makes a durin report to OpenTelemetry: the spans `durin.authenticate` and `durin.login`, and metrics of look-ups, refusals,
 * throttled calls, open streams and the parts that durin depends on. Nothing that it reports contains a token, a name or an
 * address of a user.
 *
 * Call it once, after the SDK of OpenTelemetry has started.
 * @returns a function that ends it, as `durin.close()` does
 * @throws DurinUsageError if `durin` was not created by this copy of trpc-durin, is instrumented already, or an option is unknown
 * @example
 * const stop = instrumentDurin(durin);
 */
export function instrumentDurin(durin: AnyDurin, options: InstrumentOptions = {}): () => void {
  const { tracerProvider = trace, meterProvider = metrics, ...unknown } = options;
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw new DurinUsageError(`instrumentDurin: unknown option '${key}'`);
  const internals = internalsOf(durin);
  if (internals === null) throw new DurinUsageError('instrumentDurin: durin must be what createDurin returns');
  const { telemetry } = internals;
  if (telemetry.observer !== null) throw new DurinUsageError('instrumentDurin: this durin is instrumented already');

  const instruments = createInstruments(meterProvider.getMeter(scope), internals);
  const spans = createSpans(tracerProvider.getTracer(scope));
  const observer: Observer = {
    ...spans,
    login: (work) => spans.login(() => countingUnavailable(work, instruments)),
    refused: instruments.refused,
    stop,
  };
  telemetry.observer = observer;
  const stopListening = [
    durin.events.on('loginFailed', ({ code }) => instruments.refused(code)),
    durin.events.on('throttled', instruments.throttled),
  ];
  return stop;

  function stop(): void {
    if (telemetry.observer !== observer) return; // it has ended, and another one may have begun
    telemetry.observer = null;
    for (const stopOne of stopListening) stopOne();
    instruments.stop();
  }
}

/** The event `loginFailed` reports all refusals of a login but this one. */
async function countingUnavailable<T>(login: () => Promise<T>, { refused }: Instruments): Promise<T> {
  try {
    return await login();
  } catch (error) {
    if (isDurinError(error) && error.durin.code === 'STORE_UNAVAILABLE') refused('STORE_UNAVAILABLE');
    throw error;
  }
}
