import type { Config } from '../config.ts'
import type { Http } from '../http.ts'
import { ask, note, ok, type Asked, type Finding, wrong } from './finding.ts'

/** Whether browsers reach the link pages, told from whether there is anything to reach here. */
export async function checkReach({ publicUrl, host, port, trustProxy }: Config['web'], http: Http): Promise<Finding[]> {
  const options = { deadline: 5000 }
  const [outside, here] = await Promise.all([
    ask(http, `${publicUrl}/health`, options),
    ask(http, `http://${reachable(host)}:${port}/health`, options),
  ])
  const finding = reached(publicUrl, port, outside, here)
  if (!publicUrl.startsWith('https:') || trustProxy > 0) return [finding]
  const says =
    'PUBLIC_URL is https, so there is a proxy in front, but TRUST_PROXY is 0: limits per address count everybody as one. Set it to the number of proxies.'
  return [finding, note('TRUST_PROXY', says)]
}

function reached(publicUrl: string, port: number, outside: Asked, here: Asked): Finding {
  const about = 'PUBLIC_URL'
  const runsHere = isHealth(here)
  const isLoopback = publicUrl.startsWith('http:')
  const isDirect = isLoopback && new URL(publicUrl).port === String(port)
  const ports =
    isLoopback && !isDirect
      ? ` It will listen on ${port}: set PORT to the port of PUBLIC_URL, unless it is forwarded.`
      : ''
  if (outside.body['status'] === 'ok' && outside.body['store'] !== undefined)
    return wrong(
      about,
      `${publicUrl} leads to a Hearsay whose store is full: nobody can link. Its /health says what to do.`,
    )
  if (outside.body['status'] === 'ok') return ok(about, `${publicUrl} leads to a Hearsay that can answer commands.`)
  if (isHealth(outside)) {
    const said = outside.body['why']
    const why = typeof said === 'string' && /^[\w ]{1,60}$/.test(said) ? said : 'see its log'
    const says = `${publicUrl} leads to Hearsay, but it cannot answer commands: ${why}.`
    return why === 'starting' ? note(about, says) : wrong(about, says)
  }
  if (outside.silent) {
    if (/^E(?:NOTFOUND|AI_AGAIN)$/.test(outside.silent))
      return wrong(about, `The name in ${publicUrl} is not known. Correct it, or add it to the DNS.`)
    if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|SSL/.test(outside.silent))
      return wrong(about, `${publicUrl} has no certificate that browsers take (${outside.silent}). Renew it.`)
    if (!runsHere)
      return note(
        about,
        `Nothing answers at ${publicUrl}, and no Hearsay runs here. Start it, then look again.${ports}`,
      )
    const says = `Hearsay answers on port ${port} here, but nothing does at ${publicUrl} (${outside.silent}). Check the proxy, the firewall and the port.`
    return wrong(about, says)
  }
  if (!runsHere && outside.status >= 502 && outside.status <= 504)
    return note(about, `A proxy answers at ${publicUrl}, and no Hearsay runs behind it. Start it, then look again.`)
  if (outside.status >= 300 && outside.status < 400)
    return wrong(about, `${publicUrl} redirects elsewhere. Set PUBLIC_URL to the address where that ends.`)
  const remedy = isDirect
    ? 'Stop it, or set PORT and PUBLIC_URL to another port.'
    : `Let the proxy pass requests on to port ${port}.`
  return wrong(about, `Something that is not Hearsay answers at ${publicUrl} (${outside.status}). ${remedy}`)
}

/** Whether a Hearsay has answered. */
export function isHealth({ body }: Asked): boolean {
  return body['status'] === 'ok' || body['status'] === 'unavailable'
}

/** An address to ask at, for one to listen on. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
