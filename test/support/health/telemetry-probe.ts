import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';

/** OpenTelemetry that exports to memory. */
export function createTelemetryProbe() {
  const spanExporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });

  return {
    providers: { tracerProvider, meterProvider },
    /** The name, the attributes and the status of each span that has ended. */
    spans: () =>
      spanExporter
        .getFinishedSpans()
        .map(({ name, attributes, status }) => ({ name, attributes, status: status.code })),
    allSpans: () => spanExporter.getFinishedSpans(),
    clear: () => spanExporter.reset(),
    /** The values of a metric now, each with its attributes. */
    async valuesOf(name: string): Promise<{ value: unknown; attributes: Record<string, unknown> }[]> {
      exporter.reset();
      await meterProvider.forceFlush();
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      const found = metrics.filter(({ descriptor }) => descriptor.name === name);
      return found.flatMap(({ dataPoints }) => dataPoints.map(({ value, attributes }) => ({ value, attributes })));
    },
    /** The name and the unit of every metric. */
    async descriptors(): Promise<Record<string, string>> {
      exporter.reset();
      await meterProvider.forceFlush();
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
      return Object.fromEntries(metrics.map(({ descriptor: { name, unit } }) => [name, unit]));
    },
    close: () => Promise.all([tracerProvider.shutdown(), meterProvider.shutdown()]),
  };
}
