import { part } from './dom.js'

const panel = part('panel')
const toggle = part('panel-toggle')
const backdrop = part('backdrop')
const wide = matchMedia('(min-width: 1100px)')

/** Lets the button in the header open and close the panel: beside the chat, or over it where there is no space. */
export function startDrawer() {
  show(wide.matches)
  toggle.addEventListener('click', () => show(toggle.ariaExpanded !== 'true'))
  backdrop.addEventListener('click', () => show(false))
  wide.addEventListener('change', () => show(wide.matches))
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !backdrop.hidden) show(false)
  })
}

/** @param {boolean} open */
function show(open) {
  const hadFocus = panel.contains(document.activeElement)
  panel.hidden = !open
  backdrop.hidden = !open || wide.matches
  for (const behind of document.querySelectorAll('.words, .side, .chat'))
    behind.toggleAttribute('inert', !backdrop.hidden)
  if (hadFocus && !open) toggle.focus()
  toggle.setAttribute('aria-expanded', String(open))
}
