import type { Person } from '../discord.ts'
import type { World } from '../state/world.ts'
import { pageStyle } from './style.ts'

/** "Who are you?", for a browser that nobody has sat down at yet, or to change that. */
export function chooserPage(world: World, query: string, current?: Person): string {
  const rows = world.people.map((person, index) => {
    const checked = current ? current.id === person.id : index === 0
    return `<label class="row"><input type="radio" name="person" value="${escape(person.id)}"${checked ? ' checked' : ''}>
      ${avatar(person)}${names(person)}</label>`
  })
  return page(
    'Who are you?',
    `
    <h1>Who are you?</h1>
    <p class="quiet">Everybody here is made up. Choose whose Discord account this browser is signed in to.</p>
    <form method="post" action="/oauth2/person" data-kind="primary">
      ${hidden('query', query)}
      <fieldset><legend class="hidden">People</legend>${rows.join('')}</fieldset>
      <div class="buttons"><button class="main">Continue</button></div>
    </form>`,
  )
}

export function consentPage(world: World, query: string, person: Person): string {
  const fields = hidden('query', query) + hidden('person', person.id)
  const { redirect_uri: target = '' } = Object.fromEntries(new URLSearchParams(query))
  return page(
    `Authorize ${world.app.name}`,
    `
    <p class="quiet center">An application</p>
    <h1 class="center">${escape(world.app.name)}</h1>
    <p class="center">wants to access your Discord account</p>
    <div class="row card">${avatar(person)}${names(person)}
      <a href="/oauth2/authorize?${escape(query)}&amp;switch=1">Not you?</a></div>
    <h2>This will allow ${escape(world.app.name)} to</h2>
    <ul><li class="yes">Access your username, avatar and banner</li></ul>
    <h2>It will not be able to</h2>
    <ul><li class="no">Read your messages, or write any as you</li></ul>
    <p class="quiet">Afterwards you go back to ${escape(new URL(target).host)}.</p>
    <div class="buttons">
      <form method="post" action="/oauth2/authorize">${fields}<button name="decision" value="cancel">Cancel</button></form>
      <form method="post" action="/oauth2/authorize" data-kind="primary">${fields}
        <button class="main" name="decision" value="authorize">Authorize</button></form>
    </div>`,
  )
}

export function faultPage(sentence: string): string {
  return page(
    'That did not work',
    `
    <h1>That did not work</h1>
    <p>${escape(sentence)}</p>
    <p class="quiet">Nothing was shared. You can close this page.</p>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · the sandbox's Discord</title>
<style>${pageStyle}</style>
</head>
<body>
<main>${body}</main>
<footer>This is the sandbox's Discord, on your own machine. It is not discord.com, and no real account is involved.</footer>
</body>
</html>
`
}

function avatar({ displayName, color }: Person): string {
  const letter = displayName.slice(0, 1).toUpperCase()
  return `<span class="avatar" style="background: ${escape(color)}" aria-hidden="true">${escape(letter)}</span>`
}

function names({ displayName, username }: Person): string {
  return `<span class="names"><strong>${escape(displayName)}</strong><span class="quiet">@${escape(username)}</span></span>`
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escape(value)}">`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
