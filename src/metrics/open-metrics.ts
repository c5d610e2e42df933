import { noMetrics, type Metrics, type ReadAppLimits } from './metrics.ts'

/** Begins to count and to serve, where there is a port; else nothing is counted. Rejects with StartupError. */
export async function openMetrics(
  port: number | undefined,
  readGate: ReadAppLimits,
): Promise<{ readonly metrics: Metrics; stop(): Promise<void> }> {
  if (port === undefined) return { metrics: noMetrics, stop: async () => undefined }
  // Whoever wants no metrics need not wait for what counts them.
  const [{ createSeries }, { startMetrics }] = await Promise.all([import('./series.ts'), import('./metrics-server.ts')])
  const series = createSeries(readGate)
  const { stop } = await startMetrics(port, series)
  return { metrics: series, stop }
}
