import { isLost, make, part } from './dom.js'

/** @typedef {import('../../discord/discord.ts').Modal} Modal */

const dialog = /** @type {HTMLDialogElement} */ (part('dialog'))

let opener = { message: '', label: '' }

/** Lets a closed dialog give the keyboard back to the button that opened it, also where that has been drawn anew since. */
export function startModals() {
  dialog.addEventListener('close', () => {
    if (!isLost(dialog)) return
    const buttons = document.querySelectorAll(`[data-message-id="${opener.message}"] .row button`)
    const again = [...buttons].find(({ textContent }) => textContent === opener.label) ?? part('scroll')
    if (again instanceof HTMLElement) again.focus({ preventScroll: true })
  })
}

/**
 * Opens the bot's dialog.
 * @param {Modal} modal
 * @param {(fields: Record<string, string>) => void} submit
 */
export function openModal(modal, submit) {
  const inputs = modal.fields.map((field) =>
    make('input', {
      id: `field-${field.customId}`,
      name: field.customId,
      type: 'text',
      value: field.value,
      placeholder: field.placeholder,
      autocomplete: 'off',
    }),
  )
  const labelled = modal.fields.map((field, at) =>
    make('div', { class: 'dialog-field' }, make('label', { for: `field-${field.customId}` }, field.label), inputs[at]),
  )
  const form = make(
    'form',
    { method: 'dialog' },
    make('h2', { id: 'dialog-title' }, modal.title),
    ...labelled,
    make(
      'div',
      { class: 'dialog-buttons' },
      make('button', { type: 'button', class: 'button secondary', click: () => dialog.close() }, 'Cancel'),
      make('button', { type: 'submit', class: 'button primary' }, 'Submit'),
    ),
  )
  form.addEventListener('submit', () => submit(Object.fromEntries(inputs.map(({ name, value }) => [name, value]))))
  const focused = document.activeElement
  const message = focused?.closest('[data-message-id]')?.getAttribute('data-message-id') ?? ''
  opener = { message, label: focused?.textContent ?? '' }
  dialog.replaceChildren(form)
  dialog.showModal()
  inputs[0]?.select()
}
