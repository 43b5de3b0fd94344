import { type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import { isDurinError } from '../errors.ts';
import type { ObservedOperation, Observer } from '../health/telemetry.ts';
import type { DurinErrorCode } from '../wire.ts';

const spanNames: Readonly<Record<ObservedOperation, string>> = {
  authenticate: 'durin.authenticate',
  login: 'durin.login',
};

/** Creates what runs operations in spans. Statements that an operation sends belong to its span. */
export function createObserve(tracer: Tracer, onRefused: (code: DurinErrorCode) => void): Observer['observe'] {
  return function observe(operation, work) {
    return tracer.startActiveSpan(spanNames[operation], async (span) => {
      try {
        return await work();
      } catch (error) {
        recordFailure(span, error);
        // Guards report the refusals of `authenticate`, and the event `loginFailed` all others of a login.
        if (operation === 'login' && isUnavailable(error)) onRefused('STORE_UNAVAILABLE');
        throw error;
      } finally {
        span.end();
      }
    });
  };
}

/**
 * A refusal is no failure of the server, so the span of one has the code and no error status. The messages of other errors are
 * left out: they may quote values.
 */
function recordFailure(span: Span, error: unknown): void {
  if (!isDurinError(error)) {
    span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
    span.setStatus({ code: SpanStatusCode.ERROR });
    return;
  }
  span.setAttribute('error.type', error.durin.code);
  if (isUnavailable(error)) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}

function isUnavailable(error: unknown): boolean {
  return isDurinError(error) && error.durin.code === 'STORE_UNAVAILABLE';
}
