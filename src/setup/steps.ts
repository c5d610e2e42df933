import { checkRedirect, checkSecret, checkToken, invitationLink } from '../doctor/discord.ts'
import { examine } from '../doctor/doctor.ts'
import { lineOf, ok, type Finding } from '../doctor/finding.ts'
import { checkApp, checkPage } from '../doctor/spotify.ts'
import { StartupError } from '../errors.ts'
import type { Http } from '../http.ts'
import { redirectUris } from '../linking/callback.ts'
import { isLocked } from '../store/sqlite-directory.ts'
import * as words from './instructions.ts'
import { publicUrl } from './public-url.ts'
import { settle, type SettingQuestion } from './question.ts'
import { containerSecrets, makeKeys } from './secrets.ts'
import { flawsIn, type SetupSettings } from './settings.ts'
import type { Terminal } from './terminal.ts'

/** The file holds other settings with which nothing starts. */
class OtherSettingsError extends StartupError {}

/** Asks for everything, tries it, and saves it. True where the person wants to start. */
export async function takeSteps(settings: SetupSettings, terminal: Terminal, http: Http): Promise<boolean> {
  const { say } = terminal
  const ask = (question: SettingQuestion) => settle(question, settings, terminal)
  const tell = (finding: Finding) => say(lineOf(finding))
  const config = () => settings.configWith({})

  say(words.intro)
  makeKeys(settings, tell)
  const flaws = flawsIn(config)
  if (flaws.length > 0) throw new OtherSettingsError(`${flaws.join('\n')}\nMend .env there first, and run this again.`)

  say(words.bot(settings.valueOf('DISCORD_TOKEN') !== ''))
  await ask(botToken(settings, http))
  say(words.address)
  await ask(publicUrl(settings, http))
  const { web } = config()
  if (web.publicUrl.startsWith('https:')) say(words.proxy(web))
  const redirects = redirectUris(web.publicUrl)
  say(words.discord(redirects.discord, settings.valueOf('DISCORD_CLIENT_SECRET') !== ''))
  await ask(discordSecret(http))
  say(words.spotify(redirects.spotify))
  await ask(spotifyId)
  await ask(spotifySecret(http))
  say(words.dashboards(redirects, invitationLink(config())))
  await waitForRedirects(settings, terminal, http)
  say(words.operator)
  await ask({ name: 'OPERATOR_NAME', prompt: 'Your name', isOptional: true })
  await ask({ name: 'OPERATOR_CONTACT', prompt: 'Your email address or web page', isOptional: true })

  say(words.last)
  const wrong = await lastLook(settings, tell)
  say(wrong === 0 ? '\nEverything is in .env.' : '\nEverything is in .env; the lines above say what is still wrong.')
  return wantsStart(settings, terminal)
}

async function wantsStart(settings: SetupSettings, { ask, say }: Terminal): Promise<boolean> {
  const { store } = settings.configWith({})
  if ('directory' in store && isLocked(store.directory) === true) {
    say('Hearsay is running on its DATA_DIR: restart it, so that it reads .env.')
    return false
  }
  for (;;) {
    const answer = await ask('Start Hearsay now? (Enter: yes; n: no; d: with Docker Compose): ')
    if (/^(?:y|yes)?$/i.test(answer)) return true
    if (/^(?:n|no)$/i.test(answer)) say('npm start starts it.')
    else if (/^d$/i.test(answer)) prepareContainers(settings, say)
    else continue
    return false
  }
}

function prepareContainers(settings: SetupSettings, say: Terminal['say']): void {
  const { changes, says } = containerSecrets(settings.environment())
  settings.save(changes)
  if (says) say(says)
  say(words.containers(settings.configWith({}).web.publicUrl))
}

/** What Discord says of the token tells the application, whose id is saved with it. */
function botToken(settings: SetupSettings, http: Http): SettingQuestion {
  return {
    ...{ name: 'DISCORD_TOKEN', prompt: 'Bot token', isSecret: true },
    clean: (value) => value.replace(/^Bot +/i, ''),
    async check(config) {
      const hasId = settings.isAround('DISCORD_CLIENT_ID')
      const { finding, facts } = await checkToken(config, http, hasId ? config.discord.clientId : undefined)
      if (!facts) return { finding }
      const isPosted = config.discord.publicKey !== undefined && !settings.isAround('DISCORD_PUBLIC_KEY')
      return {
        finding: ok(finding.about, `${finding.says} Its public key is ${facts.verify_key}.`),
        also: {
          ...(!hasId && { DISCORD_CLIENT_ID: facts.id }),
          ...(isPosted && { DISCORD_PUBLIC_KEY: facts.verify_key }),
        },
      }
    },
  }
}

function discordSecret(http: Http): SettingQuestion {
  return {
    ...{ name: 'DISCORD_CLIENT_SECRET', prompt: 'Discord client secret', isSecret: true },
    check: async (config) => ({ finding: await checkSecret(config, http) }),
  }
}

const spotifyId: SettingQuestion = { name: 'SPOTIFY_CLIENT_ID', prompt: 'Spotify client ID' }

function spotifySecret(http: Http): SettingQuestion {
  return {
    ...{ name: 'SPOTIFY_CLIENT_SECRET', prompt: 'Spotify client secret', isSecret: true, beside: spotifyId },
    async check(config) {
      const finding = await checkApp(config, http)
      return { finding, isBesideRefused: finding.says.includes(`not take ${spotifyId.name}.`) }
    },
  }
}

/** Where they can be looked at; with a way out, since somebody else may have to enter them. */
async function waitForRedirects(settings: SetupSettings, terminal: Terminal, http: Http): Promise<void> {
  let answer = await terminal.ask('Enter when that is done: ')
  while (!/^s/i.test(answer)) {
    const config = settings.configWith({})
    const { finding, facts } = await checkToken(config, http, config.discord.clientId)
    const findings = [facts ? checkRedirect(facts, config) : finding, await checkPage(config, http)]
    for (const one of findings) terminal.say(lineOf(one))
    if (findings.every(({ verdict }) => verdict !== 'wrong')) return
    answer = await terminal.ask('Enter looks again; skip goes on without: ')
  }
}

/** As the doctor does it, but for what has been said; how much is wrong. */
async function lastLook(settings: SetupSettings, tell: (finding: Finding) => void): Promise<number> {
  let wrong = 0
  for await (const finding of examine(settings.environment())) {
    const { verdict, about } = finding
    const isKnown = verdict === 'ok' || (verdict === 'note' && said.includes(about))
    if (!isKnown) tell(finding)
    if (verdict === 'wrong') wrong += 1
  }
  return wrong
}

const said = ['Redirect at Discord', 'Redirect at Spotify', 'Invitation', 'Allow-list', 'PUBLIC_URL']
