// Runs in the browser, on one of our pages; read as text by the tests beside it.

const directives = new Set()

/** Puts in whatever an attacker would. */
async function attack() {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => directives.add(effectiveDirective))
  document.body.insertAdjacentHTML('beforeend', markup.join(''))
  const inline = document.createElement('script')
  inline.text = 'window.ran = 1'
  const outside = Object.assign(document.createElement('script'), { src: 'https://evil.example/a.js' })
  document.body.append(inline, outside)
  document.head.append(Object.assign(document.createElement('base'), { href: 'https://evil.example/' }))
  await fetch('https://evil.example/').catch(() => undefined)
  const form = Object.assign(document.createElement('form'), { action: 'https://evil.example/', method: 'post' })
  document.body.append(form)
  form.submit()
}

/** What the policy has stopped so far. */
function stopped() {
  return {
    directives: [...directives].toSorted((one, other) => one.localeCompare(other)),
    ran: 'ran' in window,
    base: document.baseURI,
    at: location.href,
  }
}

const markup = [
  '<img src="https://evil.example/seen.png" onerror="window.ran = 1">',
  '<div style="position: fixed; inset: 0">covered</div>',
  '<style>form { display: none }</style>',
  '<link rel="stylesheet" href="https://evil.example/a.css">',
  '<iframe src="https://evil.example/"></iframe>',
  '<iframe srcdoc="&lt;script>parent.ran = 1&lt;/script>"></iframe>',
  '<video src="https://evil.example/"></video>',
  '<svg onload="window.ran = 1"></svg>',
]

/** What the browser makes of pages. */
function outlines(pages) {
  return pages.map((text) => {
    const read = new DOMParser().parseFromString(text, 'text/html')
    const all = [...read.querySelectorAll('*')]
    return {
      elements: all.map(({ tagName, attributes }) => [tagName, ...[...attributes].map(({ name }) => name)].join(' ')),
      texts: [...read.querySelectorAll('bdi, strong, h1')].map(({ textContent }) => textContent),
    }
  })
}

/** Where the parts of such rows are on a line, from left to right. */
async function rowBoxes(rows, bidi) {
  const { formatted } = await import(`${location.origin}/formatted.js`)
  const names = { user: String, channel: String, color: String }
  return atWidth(rows, (text, place) => {
    const element = place.appendChild(formatted(text, names))
    for (const block of element.children) block.style.unicodeBidi = bidi
    const [head, small] = element.children
    const number = head.querySelector('strong')
    const title = document.createRange()
    title.setStartAfter(number)
    title.setEndAfter(head.lastChild)
    const time = small.querySelector('time')
    const artists = document.createRange()
    artists.setStart(small, 0)
    artists.setEndBefore(time)
    const hasArtists = artists.toString().length > 0
    if (hasArtists) artists.setEnd(time.previousSibling, time.previousSibling.length - ' · '.length)
    return {
      line: place.getBoundingClientRect().left,
      number: span(number),
      title: span(head.querySelector('a') ?? title),
      small: span(small),
      artists: hasArtists ? span(artists) : undefined,
      time: span(time),
    }
  })
}

/** Where the two halves of each text are. */
function halves(texts, bidi) {
  return atWidth(texts, (text, place) => {
    place.style.unicodeBidi = bidi
    place.textContent = text
    const at = text.indexOf(' · ')
    return [
      [0, at],
      [at + 3, text.length],
    ].map(([from, to]) => {
      const range = document.createRange()
      range.setStart(place.firstChild, from)
      range.setEnd(place.firstChild, to)
      return span(range)
    })
  })
}

/** Those texts whose direction is from right to left. */
function rightToLeft(texts) {
  const element = document.body.appendChild(document.createElement('div'))
  element.dir = 'auto'
  const found = texts.filter((text) => {
    element.textContent = text
    return element.matches(':dir(rtl)')
  })
  element.remove()
  return found
}

function atWidth(texts, measure) {
  return texts.map((text) => {
    const place = document.body.appendChild(document.createElement('div'))
    place.style = 'position: absolute; left: 100px; width: 9000px; white-space: pre'
    const result = measure(text, place)
    place.remove()
    return result
  })
}

function span(part) {
  const { left, right } = part.getBoundingClientRect()
  return [left, right]
}

Object.assign(globalThis, { attack, stopped, outlines, rowBoxes, halves, rightToLeft })
