/** Why a server gave no answer, for the operator: what happened and what to do, for each kind of failure. */
const kinds: readonly (readonly [code: RegExp, says: (host: string) => string])[] = [
  [/^ENOTFOUND$/, (host) => `The name ${host} does not resolve. Check its spelling, and this machine's DNS.`],
  [/^EAI_/, () => "This machine's DNS does not answer. Check the name server that it is set to, and the network."],
  [
    /^ECONNREFUSED$/,
    (host) =>
      `${host} refuses the connection. Nothing listens there, or a firewall turns it away: check the address and the way out.`,
  ],
  [
    /^E(?:HOSTUNREACH|NETUNREACH|NETDOWN|HOSTDOWN|ADDRNOTAVAIL|ACCES|PERM)$/,
    (host) => `There is no way from this machine to ${host}. Check its network, and the firewall.`,
  ],
  [
    /^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/,
    (host) => `The certificate of ${host} is out of date. Check this machine's clock first, then who answers there.`,
  ],
  [
    /CERT|SELF_SIGNED|^UNABLE_TO|^INVALID_(?:CA|PURPOSE)/,
    (host) =>
      `The certificate of ${host} is not one that this machine trusts. Where a proxy or a virus scanner opens connections, set NODE_EXTRA_CA_CERTS to its certificate.`,
  ],
  [
    /^EPROTO$|SSL|TLS/,
    (host) => `What answers at ${host} breaks off the TLS handshake. Check the address, its port, and a proxy between.`,
  ],
  [
    /TIME(?:D?OUT)|^ABORT_ERR$/,
    (host) => `${host} does not answer in time. A firewall may swallow the connection: check the way out.`,
  ],
  [
    /^E(?:CONNRESET|CONNABORTED|PIPE)$|^UND_ERR_(?:SOCKET|CLOSED|DESTROYED)$/,
    (host) => `${host} hangs up before it has answered. Check for a proxy or firewall between; else try again later.`,
  ],
  [
    /^HTTP /,
    (host) => `${host} does not take WebSocket connections. Check for a proxy between that does not let them through.`,
  ],
  [
    /^HPE_|^WS_ERR_|^UND_ERR_(?:HEADERS_OVERFLOW|RES|RESPONSE|REQ)|^Z_|^JSON$/,
    (host) => `What answers at ${host} makes no sense. Check the address, and a proxy between.`,
  ],
]

/** @param code as `failureCode` gives it; it is named as well, for those who look it up */
export function unreachable(url: string, code: string): string {
  const { host } = new URL(url)
  const [, says] = kinds.find(([pattern]) => pattern.test(code)) ?? []
  return `${says?.(host) ?? `${host} gives no answer that can be read. Check this machine's way out: DNS, firewall, proxy.`} (${code})`
}

/** For an answer that is no JSON where there should be some. */
export function notTheApi(url: string, variable: string): string {
  return `${new URL(url).host} answers with a page and not with its API. Check ${variable}, and whether a proxy or a sign-in page of this network answers in its place.`
}

/** Whether Discord, Spotify or the store has failed, or the way to them: no fault of the program. */
export function isOfFarSide(error: Error): boolean {
  return isOfConnection(error) || farSide.test(error.name)
}

// HTTPError is what discord.js makes of a 500.
const farSide = /^(?:Store\w+Error|HttpError|HTTPError|SpotifyDownError)$/

/** Whether this is the error of a connection, and not of a file, of listening, of work given up or a fault of the program. */
export function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error) || 'path' in error) return false
  const { syscall } = error as NodeJS.ErrnoException
  const code = ownCode(error)
  if (error.name === 'AbortError') return byLibrary.test(error.stack ?? '')
  if (!code || (ofFilesToo.test(code) && syscall !== 'connect')) return within(error).some(isOfConnection)
  return code !== 'JSON' && !/^(?:listen|bind)$/.test(syscall ?? '') && kinds.some(([pattern]) => pattern.test(code))
}

const ofFilesToo = /^E(?:ACCES|PERM)$/

// They give up what takes too long.
const byLibrary = /node_modules[\\/](?:@discordjs|undici)[\\/]/

/** The code of what went wrong on a connection, wherever in the error it is; "unknown" where it has none. */
export function failureCode(error: unknown): string {
  const found =
    ownCode(error) ??
    within(error)
      .map(failureCode)
      .find((code) => code !== 'unknown')
  // What was read was of another shape.
  return found ?? (error instanceof TypeError ? 'JSON' : 'unknown')
}

function ownCode(error: unknown): string | undefined {
  const { code, name, message } = Object(error) as Readonly<Record<string, unknown>>
  if (error instanceof SyntaxError) return 'JSON'
  if (typeof code === 'string') return code
  if (name === 'HTTPParserError') return 'HPE_INVALID'
  const [, status] = /^Unexpected server response: (\d+)$/.exec(String(message)) ?? []
  if (status) return `HTTP ${status}`
  if (String(message).startsWith('WebSocket was closed before')) return 'ECONNRESET'
  const isLate = name === 'AbortError' || name === 'TimeoutError' || message === 'Opening handshake has timed out'
  return isLate ? 'ETIMEDOUT' : undefined
}

function within(error: unknown): readonly unknown[] {
  const { cause, errors } = Object(error) as { readonly cause?: unknown; readonly errors?: unknown }
  return [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter(Boolean)
}
