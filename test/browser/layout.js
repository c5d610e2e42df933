// Runs in the browser, on one of the sandbox's pages; read as text by accessible.test.ts.

const pressable = 'a[href], button:enabled, input:enabled, select:enabled, summary, [tabindex="0"], [role="option"]'

/** What can be pressed, where something lies over it, it is too small, or it cannot be brought into view. */
async function layoutFaults() {
  await settled()
  const elements = [...document.querySelectorAll(pressable)].filter(isShown)
  const faults = elements.flatMap((element) => [...sizeFaults(element), ...coverFaults(element)])
  const { scrollWidth } = document.documentElement
  if (scrollWidth > innerWidth) faults.push(`The page is ${scrollWidth} wide in a window of ${innerWidth}`)
  return [...new Set(faults)]
}

/** What a new size brings about has been done by then. */
async function settled() {
  for (const frame of [1, 2]) await new Promise((resolve) => requestAnimationFrame(() => resolve(frame)))
}

function isShown(element) {
  const { width, height } = element.getBoundingClientRect()
  const isBehind = element.closest('[inert]') || (modal() && !modal().contains(element))
  const isHidden = getComputedStyle(element).clipPath !== 'none' || element.type === 'hidden'
  return element.checkVisibility({ visibilityProperty: true }) && width > 1 && height > 1 && !isBehind && !isHidden
}

function modal() {
  return document.querySelector('dialog:modal')
}

/** A link within a sentence is as high as its line. */
function sizeFaults(element) {
  if (element.matches('[tabindex]') || (element.matches('a') && getComputedStyle(element).display === 'inline'))
    return []
  const { width, height } = (element.closest('label') ?? element).getBoundingClientRect()
  return width < 23.5 || height < 23.5 ? [`${nameOf(element)} is ${width} by ${height}`] : []
}

/** The middle and the middles of the sides have to be its own, once it is scrolled to. */
function coverFaults(element) {
  if (element.matches('[role="log"]')) return []
  const own = element.closest('label') ?? element
  own.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  const { left, right, top, bottom } = own.getClientRects()[0]
  const [x, y] = [(left + right) / 2, (top + bottom) / 2]
  const points = [
    [x, y],
    [left + 2, y],
    [right - 2, y],
    [x, top + 2],
    [x, bottom - 2],
  ]
  return points.flatMap((point) => {
    const found = document.elementFromPoint(...point)
    // What is offered or a menu lies over the page until Escape.
    const popup = found?.closest('.completions, .apps-menu')
    if (found && (own.contains(found) || found.contains(own) || (popup && !popup.contains(own)))) return []
    return [found ? `${nameOf(element)} is under ${nameOf(found)}` : `${nameOf(element)} is out of view`]
  })
}

function nameOf(element) {
  const label = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40)
  return `${element.tagName.toLowerCase()}${element.id && `#${element.id}`} "${label}"`
}

Object.assign(globalThis, { layoutFaults, settled })
