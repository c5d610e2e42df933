import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { readConfig } from '../../src/config.ts'
import { startSandbox } from '../world/sandbox.ts'
import { withoutTerminal, type Person } from '../world/terminal.ts'
import { projectFolder, sitsDown } from './operator.ts'

let sandbox: Sandbox
beforeAll(async () => (sandbox = await startSandbox()))
afterEach(() => {
  sandbox.discord.stopFailing()
  sandbox.spotify.redirectUris = []
})
afterAll(() => sandbox.close())

describe.skipIf(withoutTerminal())('npm run setup, with Cleo at a terminal', () => {
  test('from nothing to a bot that answers, which ends as npm start does', async () => {
    const folder = projectFolder()
    const port = await freePort()
    const cleo = sitsDown(folder, sandbox)
    await answersAll(cleo, {
      address: `http://127.0.0.1:${port}`,
      name: "Cleo's bots",
      contact: 'cleo@hearsay.example',
    })
    const said = await cleo.sees('Start Hearsay now?')
    expect(said).toContain('\nEverything is in .env.')
    expect(said).not.toMatch(/^wrong/m)
    const { credentials } = sandbox.discord
    expect(settingsIn(folder)).toEqual({
      DISCORD_TOKEN: credentials.token,
      DISCORD_CLIENT_ID: credentials.clientId,
      DISCORD_CLIENT_SECRET: credentials.clientSecret,
      SPOTIFY_CLIENT_ID: sandbox.spotify.credentials.clientId,
      SPOTIFY_CLIENT_SECRET: sandbox.spotify.credentials.clientSecret,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      PORT: String(port),
      OPERATOR_NAME: "Cleo's bots",
      OPERATOR_CONTACT: 'cleo@hearsay.example',
    })
    expect(modeOf(folder)).toBe('600')
    expect(readdirSync(folder)).not.toContain('.env.new')
    const screen = cleo.screen()
    expect(screen).toContain(`Hearsay (${credentials.clientId}). Its public key is ${sandbox.discord.publicKey}.`)
    expect(screen).toContain(`http://127.0.0.1:${port}/callback/discord`)
    expect(screen).toContain(`http://127.0.0.1:${port}/callback/spotify`)
    const invitation = `client_id=${credentials.clientId}&scope=bot+applications.commands&permissions=274877991936`
    expect(screen).toContain(`${sandbox.discord.authorizeUrl}?${invitation}`)

    cleo.enters('')
    await sandbox.discord.ready(60_000)
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    cleo.presses('\u0003')
    expect(await cleo.ended()).toBe(0)
    expectNoSecretOn(cleo)
  })

  test('every wrong answer gets its sentence and is asked for again', async () => {
    const folder = projectFolder()
    const cleo = sitsDown(folder, sandbox)
    const { discord, spotify } = sandbox
    const says = async (question: string, answer: string, sentence: RegExp | string) => {
      await cleo.sees(question)
      cleo.enters(answer)
      await cleo.sees(sentence)
    }
    const token = 'Bot token (hidden): '
    await says(token, '', 'wrong Settings: DISCORD_TOKEN is missing: copy it from Bot in the Discord developer portal.')
    await says(token, '123456789012345678', 'DISCORD_TOKEN holds an id: copy it from Bot')
    await says(token, '\u201Cabc\u201D', 'DISCORD_TOKEN has quotation marks around it')
    await says(token, 'an.old.token', 'wrong DISCORD_TOKEN: Discord does not take it. Reset and copy it under Bot')
    discord.failNext(/applications\/@me$/, 503, {})
    await says(token, discord.credentials.token, 'wrong DISCORD_TOKEN: Discord answered 503')
    // Nobody has refused it, so it is kept.
    await says('Bot token (hidden; Enter keeps the one that is set): ', '', 'ok    DISCORD_TOKEN: Good')

    const address = 'Address (PUBLIC_URL) (Enter: http://127.0.0.1:8888): '
    await says(address, 'https://liked.example/link', 'PUBLIC_URL must end after the host and port')
    await says(address, 'http://localhost:8888', 'PUBLIC_URL must start with https:// (http:// only with 127.0.0.1')
    await says(address, 'liked.example', 'PUBLIC_URL must be a whole address')
    await says(
      address,
      'https://liked.invalid',
      'The name in https://liked.invalid is not known. Correct it, or add it',
    )
    await says('(Enter: https://liked.invalid): ', '', 'TRUST_PROXY is 1')

    const secret = 'Discord client secret (hidden): '
    await says(secret, '123456789012345678', 'DISCORD_CLIENT_SECRET holds an id or a token')
    await says(secret, 'an-old-secret', 'wrong DISCORD_CLIENT_SECRET: Discord does not take it with DISCORD_CLIENT_ID')
    await says(secret, discord.credentials.clientSecret, 'ok    DISCORD_CLIENT_SECRET: Good')

    const { clientId, clientSecret } = spotify.credentials
    await says(
      'Spotify client ID: ',
      '',
      'SPOTIFY_CLIENT_ID is missing: copy it from your app in the Spotify dashboard',
    )
    await says('Spotify client ID: ', clientId, /secret \(hidden\): /)
    cleo.enters(clientId)
    await cleo.sees('SPOTIFY_CLIENT_SECRET is the same as SPOTIFY_CLIENT_ID')
    await says('secret (hidden): ', 'f'.repeat(32), 'Spotify app: Spotify does not take SPOTIFY_CLIENT_SECRET. Copy it')
    await says(`Spotify client ID (Enter: ${clientId}): `, 'f'.repeat(32), 'secret (hidden): ')
    cleo.enters(clientSecret)
    await cleo.sees('Spotify app: Spotify does not take SPOTIFY_CLIENT_ID.')
    // It is no use offering it again.
    await expect.poll(() => settingsIn(folder)).not.toHaveProperty('SPOTIFY_CLIENT_ID')
    await says('Spotify client ID: ', clientId, 'secret (hidden): ')
    cleo.enters(clientSecret)
    await cleo.sees('are good')

    spotify.redirectUris = ['https://liked.example/callback']
    await says(
      'Enter when that is done: ',
      '',
      'Redirect at Spotify: Add exactly https://liked.invalid/callback/spotify',
    )
    spotify.redirectUris = ['https://liked.invalid/callback/spotify']
    await says(
      'Enter looks again; skip goes on without: ',
      '',
      'It has to be exactly https://liked.invalid/callback/spotify',
    )
    await says('Your name', '', 'Your email address')
    cleo.enters('')
    const last = await cleo.sees('Start Hearsay now?')
    expect(last).toMatch(/^wrong PUBLIC_URL: The name in https:\/\/liked\.invalid/m)
    expect(last).toContain('the lines above say what is still wrong')
    cleo.enters('n')
    expect(await cleo.ended()).toBe(0)
    expect(settingsIn(folder)).toMatchObject({ PUBLIC_URL: 'https://liked.invalid', TRUST_PROXY: '1' })
    expectNoSecretOn(cleo)
  })

  test('Ctrl+C loses nothing, and the next run goes on; one with everything set needs Enter alone', async () => {
    const folder = projectFolder()
    const before = sitsDown(folder, sandbox)
    await before.sees('Bot token')
    before.presses('\u0003')
    await before.sees('Nothing was changed.')
    expect(await before.ended()).toBe(130)
    const port = await freePort()
    const first = sitsDown(folder, sandbox)
    await first.sees('Bot token')
    first.enters(sandbox.discord.credentials.token)
    await first.sees('Address')
    first.enters(`http://127.0.0.1:${port}`)
    await first.sees('Discord client secret')
    first.presses('half an answer\u0003')
    await first.sees('What you have entered so far is in .env, and npm run setup goes on from there.')
    expect(await first.ended()).toBe(130)

    const second = sitsDown(folder, sandbox)
    await second.sees('Enter keeps the one that is set')
    second.enters('')
    await second.sees(`Address (PUBLIC_URL) (Enter: http://127.0.0.1:${port})`)
    second.enters('')
    await answersFrom('Discord client secret', second)
    await second.sees('Start Hearsay now?')
    second.presses('\u0003')
    expect(await second.ended()).toBe(130)
    const complete = readFileSync(join(folder, '.env'), 'utf8')

    const third = sitsDown(folder, sandbox)
    for (const question of [
      'Bot token',
      'Address',
      'client secret',
      'client ID',
      'client secret',
      'Enter when',
      'name',
      'address',
    ]) {
      await third.sees(question)
      third.enters('')
    }
    await third.sees('Start Hearsay now?')
    third.enters('n')
    expect(await third.ended()).toBe(0)
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(complete)
    for (const person of [first, second, third]) expectNoSecretOn(person)
  })

  test.each(['Ctrl+C', 'SIGTERM'])('%s while Discord is asked ends it at once, and the token is kept', async (how) => {
    const silent = createServer()
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void silent.close())
    const folder = projectFolder()
    const address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/api`
    const cleo = sitsDown(folder, sandbox, { DISCORD_API_URL: address })
    await cleo.sees('Bot token')
    cleo.enters('bot.token.value')
    const [connection] = await once(silent, 'connection')
    onTestFinished(() => void connection.destroy())
    if (how === 'SIGTERM') cleo.signals('SIGTERM')
    else cleo.presses('\u0003')
    await cleo.sees('What you have entered so far is in .env')
    expect(await cleo.ended()).toBe(how === 'SIGTERM' ? 143 : 130)
    expect(settingsIn(folder)).toEqual({ DISCORD_TOKEN: 'bot.token.value' })
  })

  test('a paste of several lines is one answer, blanks and quotation marks go, and so does the name', async () => {
    const folder = projectFolder()
    const cleo = sitsDown(folder, sandbox)
    const { token, clientSecret } = sandbox.discord.credentials
    const pasted = (text: string) => `\u001B[200~${text}\u001B[201~`
    await cleo.sees('Bot token')
    cleo.enters(pasted(`${token.slice(0, 20)}\r${token.slice(20)}`))
    await cleo.sees('DISCORD_TOKEN contains a line break: paste it again, on one line.')
    cleo.enters(pasted(`  "${token}" \r`))
    await cleo.sees('ok    DISCORD_TOKEN')
    await cleo.sees('Address')
    cleo.enters('')
    await cleo.sees('Discord client secret')
    cleo.enters(`export DISCORD_CLIENT_SECRET='${clientSecret}'`)
    await cleo.sees('ok    DISCORD_CLIENT_SECRET')
    cleo.presses('\u0004')
    expect(await cleo.ended()).toBe(130)
    expect(settingsIn(folder)).toMatchObject({ DISCORD_TOKEN: token, DISCORD_CLIENT_SECRET: clientSecret })
    expectNoSecretOn(cleo)
  })

  test('what is typed ahead answers the next questions, unseen', async () => {
    const folder = projectFolder()
    const cleo = sitsDown(folder, sandbox)
    const { discord, spotify } = sandbox
    await cleo.sees('Bot token')
    const { clientId, clientSecret } = spotify.credentials
    const answers = ['', discord.credentials.clientSecret, clientId, clientSecret, '', '', '', 'n']
    cleo.presses([discord.credentials.token, ...answers].map((answer) => `${answer}\r`).join(''))
    expect(await cleo.ended()).toBe(0)
    expect(settingsIn(folder)).toMatchObject({ SPOTIFY_CLIENT_ID: clientId, SPOTIFY_CLIENT_SECRET: clientSecret })
    expectNoSecretOn(cleo)
  })

  test('comments and other settings in .env stay; of what is there only what is answered changes', async () => {
    const { token } = sandbox.discord.credentials
    const own = `# Cleo’s bot\r\nLOG_LEVEL=debug # for now\n\n#PUBLIC_URL=https://hearsay.example.com\nDISCORD_TOKEN='an.old.token'\nREDIS_URL=redis://127.0.0.1:9`
    const folder = projectFolder()
    writeFileSync(join(folder, '.env'), own, { mode: 0o644 })
    writeFileSync(join(folder, 'secret'), `${sandbox.discord.credentials.clientSecret}\n`)
    const cleo = sitsDown(folder, sandbox, { DISCORD_CLIENT_SECRET_FILE: 'secret' })
    await cleo.sees('ok    TOKEN_KEYS: I made a key')
    await cleo.sees('Enter keeps the one that is set')
    cleo.enters('')
    await cleo.sees('wrong DISCORD_TOKEN: Discord does not take it.')
    cleo.enters(token)
    await cleo.sees('Address')
    cleo.enters('http://127.0.0.1:9999')
    // That one comes from a file, and needs no answer.
    await cleo.sees('ok    DISCORD_CLIENT_SECRET: Good')
    await cleo.sees('Spotify client ID')
    cleo.presses('\u0003')
    expect(await cleo.ended()).toBe(130)
    const { clientId } = sandbox.discord.credentials
    expect(readFileSync(join(folder, '.env'), 'utf8').replace(/k1:[\w+/]{43}=/, 'k1:…')).toBe(
      `# Cleo’s bot\r\nLOG_LEVEL=debug # for now\n\n#PUBLIC_URL=https://hearsay.example.com\nPUBLIC_URL=http://127.0.0.1:9999\nDISCORD_TOKEN=${token}\nREDIS_URL=redis://127.0.0.1:9\nTOKEN_KEYS=k1:…\nDISCORD_CLIENT_ID=${clientId}\nPORT=9999\n`,
    )
    expect(modeOf(folder)).toBe('600')
    expectNoSecretOn(cleo)
  })

  test('a byte order mark goes when something is written, and a file in UTF-16 stays as it is', async () => {
    const folder = projectFolder()
    const path = join(folder, '.env')
    writeFileSync(path, `\uFEFFDISCORD_TOKEN=${sandbox.discord.credentials.token}\r\nLOG_LEVEL=debug\r\n`)
    const cleo = sitsDown(folder, sandbox)
    await cleo.sees('Enter keeps the one that is set')
    cleo.enters('')
    await cleo.sees('Address')
    cleo.presses('\u0003')
    expect(await cleo.ended()).toBe(130)
    expect(readFileSync(path, 'utf8')).toMatch(/^DISCORD_TOKEN=.*\r\nLOG_LEVEL=debug\r\nDISCORD_CLIENT_ID=\d+\n$/)
    const other = Buffer.from('\uFEFFLOG_LEVEL=debug\r\n', 'utf16le')
    writeFileSync(path, other)
    const again = sitsDown(folder, sandbox)
    await again.sees('.env is there, but cannot be read as UTF-8. Save it again with that encoding')
    expect(await again.ended()).toBe(1)
    expect(readFileSync(path)).toEqual(other)
  })

  test('what .env cannot mend ends it with a sentence: the environment around it, and other settings', async () => {
    const around = sitsDown(projectFolder(), sandbox, { DISCORD_TOKEN: 'an.old.token' })
    await around.sees('wrong DISCORD_TOKEN: Discord does not take it.')
    await around.sees('DISCORD_TOKEN is set in the environment of this process')
    expect(await around.ended()).toBe(1)
    const folder = projectFolder()
    writeFileSync(join(folder, '.env'), 'PORT=abc\nLOG_LEVEL=loud\n')
    const other = sitsDown(folder, sandbox)
    await other.sees('PORT must be a port, a number from 1 to 65535.')
    await other.sees('LOG_LEVEL must be one of')
    expect(await other.ended()).toBe(1)
  })

  test('with Docker Compose it makes what the containers need, once, and starts nothing', async () => {
    const folder = projectFolder()
    const made: string[] = []
    for (const time of ['first', 'second']) {
      const cleo = sitsDown(folder, sandbox)
      await answersAll(cleo, { address: 'http://127.0.0.1:8888' })
      await cleo.sees('d: with Docker Compose')
      cleo.enters('docker')
      await cleo.sees('d: with Docker Compose')
      cleo.enters('d')
      expect(await cleo.ended(), time).toBe(0)
      expect(cleo.screen()).toContain('\ndocker compose up -d starts it')
      expect(cleo.screen()).not.toMatch(/--profile|does not move|the port here is/)
      made.push(readFileSync(join(folder, '.env'), 'utf8'))
      const { TOKEN_KEYS = '', VALKEY_PASSWORD = '' } = settingsIn(folder)
      expect(readConfig({ ...sandbox.env, TOKEN_KEYS }).tokenKeys).toHaveLength(1)
      expect(VALKEY_PASSWORD).toMatch(/^[\da-f]{64}$/)
      expect([TOKEN_KEYS.slice(3), VALKEY_PASSWORD].filter((secret) => cleo.screen().includes(secret))).toEqual([])
    }
    expect(made[1]).toBe(made[0])
    const needed = readFileSync('docker-compose.yml', 'utf8').match(/(?<=\$\{)\w+(?=:\?)/g) ?? []
    expect(Object.keys(settingsIn(folder))).toEqual(expect.arrayContaining(needed))
  })

  test('with Docker Compose after it has run here, the keys are those in data/token-keys, and npm start goes on', async () => {
    const folder = projectFolder()
    const key = Buffer.alloc(32, 9).toString('base64')
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data', 'token-keys'), `k2:${key}\nk1:${key}\n`)
    const port = await freePort()
    const { TOKEN_KEYS: _, DATA_DIR: __, ...others } = sandbox.env
    const own = { ...others, PUBLIC_URL: `http://127.0.0.1:${port}`, PORT: String(port) }
    const run = spawnIn(folder, own)
    await expect.poll(() => healthOf(port)).toBe(200)
    run.child.kill('SIGTERM')
    await run.ended
    const cleo = sitsDown(folder, sandbox)
    await answersAll(cleo, { address: `http://127.0.0.1:${port}` })
    await cleo.sees('d: with Docker Compose')
    cleo.enters('D')
    expect(await cleo.ended()).toBe(0)
    expect(cleo.screen()).toContain(
      'What is linked in ./data stays there: nothing moves it into Valkey, so people link again.',
    )
    expect(cleo.screen()).toContain('With it the port here is 8888: set PUBLIC_URL in .env to http://127.0.0.1:8888.')
    expect(settingsIn(folder)).toMatchObject({ TOKEN_KEYS: `k2:${key},k1:${key}` })
    spawnIn(folder, { ...own, TOKEN_KEYS: settingsIn(folder)['TOKEN_KEYS'] ?? '' })
    await expect.poll(() => healthOf(port)).toBe(200)
  })

  test('keys that are damaged are not replaced', async () => {
    const folder = projectFolder()
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data', 'token-keys'), 'k1:abc\n')
    writeFileSync(join(folder, '.env'), 'REDIS_URL=redis://127.0.0.1:9\n')
    const cleo = sitsDown(folder, sandbox)
    await cleo.sees('data/token-keys is damaged. Put back the copy that belongs to this data.')
    expect(await cleo.ended()).toBe(1)
    expect(settingsIn(folder)).toEqual({ REDIS_URL: 'redis://127.0.0.1:9' })
  })

  test('an address is saved once it is taken, and one of another kind takes back what came with the one before', async () => {
    const folder = projectFolder()
    const port = await freePort()
    const refuses = async (cleo: Person, address: string) => {
      cleo.enters(address)
      await cleo.sees('The name in https://liked.invalid is not known')
      await cleo.sees('(Enter: https://liked.invalid): ')
    }
    const begins = async () => {
      const cleo = sitsDown(folder, sandbox)
      await cleo.sees('Bot token')
      cleo.enters(`Bot ${sandbox.discord.credentials.token}`)
      await cleo.sees('Address')
      return cleo
    }
    const leaves = async (cleo: Person) => {
      cleo.presses('\u0003')
      expect(await cleo.ended()).toBe(130)
      const { DISCORD_TOKEN, DISCORD_CLIENT_ID, ...others } = settingsIn(folder)
      expect([DISCORD_TOKEN, DISCORD_CLIENT_ID]).toEqual(Object.values(sandbox.discord.credentials).slice(0, 2))
      return others
    }
    const first = await begins()
    await refuses(first, 'https://liked.invalid/')
    expect(await leaves(first)).toEqual({})

    const second = await begins()
    await refuses(second, 'https://liked.invalid')
    second.enters(`http://127.0.0.1:${port}/`)
    await second.sees('Discord client secret')
    const direct = { PUBLIC_URL: `http://127.0.0.1:${port}`, PORT: String(port) }
    expect(await leaves(second)).toEqual(direct)

    const third = await begins()
    await refuses(third, 'https://liked.invalid')
    third.enters('')
    await third.sees('pass requests on to 127.0.0.1, port 8888')
    expect(await leaves(third)).toEqual({ PUBLIC_URL: 'https://liked.invalid', TRUST_PROXY: '1' })

    const fourth = await begins()
    fourth.enters(`http://127.0.0.1:${port}`)
    await fourth.sees('Discord client secret')
    expect(await leaves(fourth)).toEqual(direct)

    // What somebody has set otherwise is theirs.
    writeFileSync(join(folder, '.env'), readFileSync(join(folder, '.env'), 'utf8').replace(/PORT=\d+/, 'PORT=8890'))
    const fifth = await begins()
    await refuses(fifth, 'https://liked.invalid')
    fifth.enters('')
    await fifth.sees('port 8890')
    expect(await leaves(fifth)).toMatchObject({ PORT: '8890' })
  })

  test('at another run nothing that is set needs a reset, and who runs the bot can be taken out again', async () => {
    const folder = projectFolder()
    const port = await freePort()
    const first = sitsDown(folder, sandbox)
    await answersAll(first, { address: `http://127.0.0.1:${port}`, name: 'Cleo', contact: 'cleo@hearsay.example' })
    await first.sees('Start Hearsay now?')
    first.enters('yes, please')
    await first.sees('Start Hearsay now?')
    first.enters('NO')
    expect(await first.ended()).toBe(0)
    expect(first.screen()).toContain('Under Bot, press Reset Token and copy the token.')
    const again = sitsDown(folder, sandbox)
    expect(await again.sees('Bot token')).toContain('Press Reset Token under Bot only if you have lost it')
    again.enters('')
    await again.sees('Address')
    again.enters('')
    expect(await again.sees('Discord client secret')).toContain('Press Reset Secret there only if you have lost it')
    for (const question of ['', 'Spotify client ID', 'Spotify client secret', 'Enter when']) {
      await again.sees(question)
      again.enters('')
    }
    await again.sees('Your name (Enter: Cleo; - removes it): ')
    again.enters('-')
    await again.sees('web page (Enter: cleo@hearsay.example; - removes it): ')
    again.enters('-')
    await again.sees('Start Hearsay now?')
    again.enters('n')
    expect(await again.ended()).toBe(0)
    expect(Object.keys(settingsIn(folder)).filter((name) => name.startsWith('OPERATOR_'))).toEqual([])
  })

  test('a token around it that nobody could look at is not said to be wrong', async () => {
    const cleo = sitsDown(projectFolder(), sandbox, {
      DISCORD_TOKEN: sandbox.discord.credentials.token,
      DISCORD_API_URL: 'http://127.0.0.1:9/api',
    })
    await cleo.sees('wrong Discord: 127.0.0.1:9 refuses the connection.')
    await cleo.sees('and nobody could be asked about it. Run this again once that is mended.')
    expect(await cleo.ended()).toBe(1)
  })

  test('a bot that runs already is not started again, and SIGTERM to setup ends one that it has started', async () => {
    const folder = projectFolder()
    const port = await freePort()
    const cleo = sitsDown(folder, sandbox)
    await answersAll(cleo, { address: `http://127.0.0.1:${port}` })
    await cleo.sees('Start Hearsay now?')
    cleo.enters('')
    await expect.poll(() => healthOf(port)).toBe(200)
    const again = sitsDown(folder, sandbox)
    await answersAll(again, { address: '' })
    await again.sees('Hearsay is running on its DATA_DIR: restart it, so that it reads .env.')
    expect(await again.ended()).toBe(0)
    cleo.signals('SIGTERM')
    expect(await cleo.ended()).toBe(0)
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow()
  })
})

describe('without a terminal it says what to set, and changes nothing', () => {
  test.each([
    ['nothing is set', '', ['DISCORD_TOKEN', 'DISCORD_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET', 'PUBLIC_URL']],
    ['some is set', 'DISCORD_TOKEN=bot.token.value\nPORT=abc\n', ['DISCORD_CLIENT_ID', 'PUBLIC_URL', 'PORT']],
  ])('%s', async (_, text, names) => {
    const folder = projectFolder()
    if (text) writeFileSync(join(folder, '.env'), text, { mode: 0o644 })
    const { code, said } = await runWithoutTerminal(folder)
    expect(code).toBe(1)
    expect(said).toMatch(/there is no terminal here.*\n.*docs\/settings\.md/)
    for (const name of names) expect(said).toMatch(new RegExp(`^${name} (?:is missing|must be)`, 'm'))
    expect(said).not.toMatch(/^DISCORD_TOKEN is missing.*\n(?:.*\n)*PORT/m)
    expect(existsSync(join(folder, '.env'))).toBe(text !== '')
    if (text) expect([readFileSync(join(folder, '.env'), 'utf8'), modeOf(folder)]).toEqual([text, '644'])
  })

  test('everything is set', async () => {
    const folder = projectFolder()
    const { code, said } = await runWithoutTerminal(folder, sandbox.env)
    expect(code).toBe(1)
    expect(said).toContain('Everything that it asks for is set: npm run doctor tries it.')
  })
})

/** Its status; 0 while nothing listens there. */
function healthOf(port: number): Promise<number> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    ({ status }) => status,
    () => 0,
  )
}

/** What npm start runs. */
function spawnIn(folder: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['tools/run.mjs', 'src/main.ts'], { cwd: folder, env, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, ended: once(child, 'close') }
}

async function runWithoutTerminal(folder: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['tools/run.mjs', 'src/setup/main.ts'], { cwd: folder, env, stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}

interface Answers {
  readonly address: string
  readonly name?: string
  readonly contact?: string
}

/** Right answers to everything but the last question. */
async function answersAll(person: Person, { address, ...others }: Answers): Promise<void> {
  await person.sees('Bot token')
  person.enters(sandbox.discord.credentials.token)
  await person.sees('Address')
  person.enters(address)
  await answersFrom('Discord client secret', person, others)
}

async function answersFrom(question: string, person: Person, { name = '', contact = '' } = {}): Promise<void> {
  const { discord, spotify } = sandbox
  const answers: [string, string][] = [
    [question, discord.credentials.clientSecret],
    ['Spotify client ID', spotify.credentials.clientId],
    ['Spotify client secret', spotify.credentials.clientSecret],
    ['Enter when that is done', ''],
    ['Your name', name],
    ['Your email address', contact],
  ]
  for (const [words, answer] of answers) {
    await person.sees(words)
    person.enters(answer)
  }
}

function settingsIn(folder: string) {
  return { ...parseEnv(readFileSync(join(folder, '.env'), 'utf8')) }
}

function modeOf(folder: string): string {
  return (statSync(join(folder, '.env')).mode & 0o777).toString(8)
}

/** Also not a part of one. */
function expectNoSecretOn(person: Person): void {
  const { discord, spotify } = sandbox
  const secrets = [discord.credentials.token, discord.credentials.clientSecret, spotify.credentials.clientSecret]
  const parts = secrets.flatMap((secret) => [secret.slice(0, 12), secret.slice(-12)])
  expect(parts.filter((part) => person.screen().includes(part))).toEqual([])
}
