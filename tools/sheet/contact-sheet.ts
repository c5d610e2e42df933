import { looks } from './stage.ts'

/** One page with all pictures, in the order in which they were taken: a line each, and a heading for each part. */
export function contactSheet(parts: ReadonlyMap<string, readonly string[]>): string {
  const sections = [...parts].map(
    ([title, names]) => `<h2>${title}</h2>\n${names.map((name) => `${line(name)}\n`).join('')}`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sheet of messages</title>
<style>
  body { font: 15px/1.4 system-ui, sans-serif; margin: 16px; background: #808080; color: #fff; }
  h3 { margin: 24px 0 4px; }
  .line { display: flex; gap: 12px; align-items: flex-start; overflow-x: auto; }
  img { display: block; }
</style>
<h1>Sheet of messages</h1>
${sections.join('')}</html>
`
}

function line(name: string): string {
  const pictures = looks.map(
    (look) => `<img src="${name}-${look.name}.png" alt="${name}, ${look.name}" loading="lazy">`,
  )
  return `<h3 id="${name}"><a href="#${name}">${name}</a></h3><div class="line">${pictures.join('')}</div>`
}
