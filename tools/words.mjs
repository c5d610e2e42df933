// Says which words each language lacks, and so speaks English for. Nothing of it is wrong.
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../locales/', import.meta.url)
const read = (name) => Object.keys(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
const english = read('en-US.json')
const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'en-US.json')

for (const name of files) {
  const known = new Set(read(name))
  const forms = new Intl.PluralRules(name.slice(0, -'.json'.length)).resolvedOptions().pluralCategories
  const wanted = new Set(english.flatMap((key) => key.replace(/_(?:one|other)$/, '_')).flatMap(inAllForms))
  const missing = [...wanted].filter((key) => !known.has(key))
  const idle = [...known].filter((key) => !wanted.has(key))
  if (missing.length > 0) console.log(`${name} lacks ${missing.length} of ${wanted.size}: ${missing.join(', ')}`)
  if (idle.length > 0) console.log(`${name} has what is not used: ${idle.join(', ')}`)

  function inAllForms(key) {
    return key.endsWith('_') ? forms.map((form) => key + form) : [key]
  }
}
console.log(`${files.length} languages beside English of America.`)
