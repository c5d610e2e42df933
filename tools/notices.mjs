// Writes THIRD-PARTY.md from the lockfile: what of others runs in production, under which licence. With --check it
// only compares, and it refuses licences that nobody has looked at.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = 'THIRD-PARTY.md'
/** All of them ask for no more than that their notices are kept. */
const accepted = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0']

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const rows = Object.entries(packages)
  .filter(
    ([path, { dev, devOptional, optional }]) => path.startsWith('node_modules/') && !(dev || devOptional || optional),
  )
  .map(([path, { version, license }]) => ({ path, name: path.split('node_modules/').at(-1), version, license }))
  .toSorted((one, other) => (one.name === other.name ? 0 : one.name < other.name ? -1 : 1))

const unknown = rows.filter(({ license }) => !accepted.includes(license))
for (const { name, version, license } of unknown) {
  console.error(`${name} ${version} is under ${license ?? 'no licence'}: look at it, then add it to tools/notices.mjs.`)
}
const wanted = page(rows)
if (unknown.length > 0) process.exitCode = 1
else if (!process.argv.includes('--check')) writeFileSync(file, wanted)
else if (current() !== wanted) {
  console.error(`${file} is not what the lockfile says. Write it anew: npm run notices`)
  process.exitCode = 1
}

function page(rows) {
  const lines = rows.map(({ path, name, version, license }) => {
    const link = `https://www.npmjs.com/package/${name}/v/${version}`
    return `| [${name}](${link}) | ${version} | ${license} | ${copyright(path)} |`
  })
  return `# Third-party notices

Hearsay is under the [MIT licence](LICENSE). In production it runs these packages of others, under licences of their own. Each package carries the text of its licence in its folder under \`node_modules\`, in the Docker image as well; the links lead to the same text. This page is written by \`npm run notices\`.

| package | version | licence | notice |
|---|---|---|---|
${[...new Set(lines)].join('\n')}
`
}

/** The lines that a licence asks to keep, else the author. */
function copyright(path) {
  const names = readdirSync(path).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  const text = names.map((name) => readFileSync(join(path, name), 'utf8')).join('\n')
  const notices =
    text.match(/^[\s*]*(?:MIT License & )?(?:Copyright|\(c\)|©) (?!\[yyyy|notice|and related|You must).*$/gm) ?? []
  const { author } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  const found = notices.length > 0 ? notices : [`by ${author?.name ?? author ?? 'its contributors'}`]
  return [...new Set(found.map(tidy))].join('; ')
}

function tidy(notice) {
  return notice
    .replace(/[\s*`]+/g, ' ')
    .trim()
    .replace(/[<|]/g, '\\$&')
}

function current() {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
