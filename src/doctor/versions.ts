import { readFileSync } from 'node:fs'
import { note, ok, wrong, type Finding } from './finding.ts'

const oldest = 24

/** Hearsay's version, Node's, and where that Node comes from. */
export function checkVersions(
  environment: Readonly<Record<string, string | undefined>>,
  node: { readonly version: string; readonly path: string } = {
    version: process.versions.node,
    path: process.execPath,
  },
): Finding[] {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return [ok('Version', `Hearsay ${version}, on ${process.platform} ${process.arch}.`), ofNode()]

  function ofNode(): Finding {
    const what = `Node.js ${node.version}`
    if (Number(node.version.split('.')[0]) < oldest)
      return wrong('Node.js', `${what} is too old. Install ${oldest} or newer from nodejs.org.`)
    if (!/[\\/]node_modules[\\/]/.test(node.path)) return ok('Node.js', `${what}.`)
    const advice = `${what} comes from npm, which is late with security releases. For production, install one from nodejs.org or use the Docker image.`
    return environment['NODE_ENV'] === 'production' ? wrong('Node.js', advice) : note('Node.js', advice)
  }
}
