import { context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { isDurinError } from '../errors.ts';
import type { Observer } from '../health/telemetry.ts';

/** A call of `authenticate`, whose span starts when its look-up leaves the process. */
interface Authentication {
  span: Span | null;
}

/**
 * Creates what runs operations in spans. Statements that an operation sends belong to its span.
 *
 * A session that is in the memory of this process is found in 2 µs, and a recorded span takes several times that. So
 * `authenticate` has a span only if its look-up leaves the process, or if it refuses. Look-ups start while `authenticate`
 * runs synchronously, which is how they find its span without the cost of an asynchronous context.
 */
export function createSpans(tracer: Tracer): Pick<Observer, 'authenticate' | 'login' | 'lookUp'> {
  let current: Authentication | null = null;

  function begin<T>(work: () => Promise<T>, own: Authentication): Promise<T> {
    const outer = current;
    current = own;
    try {
      return work();
    } finally {
      current = outer;
    }
  }

  function runInSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
    const span = tracer.startSpan(name);
    return endWith(span, context.with(trace.setSpan(context.active(), span), work));
  }

  return {
    authenticate(work) {
      const own: Authentication = { span: null };
      const result = begin(work, own);
      if (own.span !== null) return endWith(own.span, result);
      result.catch((error: unknown) => {
        const span = tracer.startSpan('durin.authenticate');
        recordFailure(span, error);
        span.end();
      });
      return result;
    },
    login: (work) => runInSpan('durin.login', work),
    lookUp(work) {
      if (current === null) return runInSpan('durin.authenticate', work); // as of a WebSocket, whose calls share look-ups
      current.span ??= tracer.startSpan('durin.authenticate');
      return context.with(trace.setSpan(context.active(), current.span), work);
    },
  };
}

async function endWith<T>(span: Span, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    recordFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
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
  const { code } = error.durin;
  span.setAttribute('error.type', code);
  if (code === 'STORE_UNAVAILABLE') span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
