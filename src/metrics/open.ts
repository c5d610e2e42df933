import { noMetrics, type Metrics, type ReadGate } from './metrics.ts'
import { createSeries } from './series.ts'
import { startMetrics } from './server.ts'

/** Begins to count and to serve, where there is a port; else nothing is counted. Rejects with MetricsPortError. */
export async function openMetrics(
  port: number | undefined,
  readGate: ReadGate,
): Promise<{ readonly metrics: Metrics; stop(): Promise<void> }> {
  if (port === undefined) return { metrics: noMetrics, stop: async () => undefined }
  const series = createSeries(readGate)
  const { stop } = await startMetrics(port, series)
  return { metrics: series, stop }
}
