import { checkReach } from '../doctor/reach.ts'
import type { Http } from '../http.ts'
import type { Changes } from './env-file.ts'
import type { SettingQuestion } from './question.ts'
import type { SetupSettings } from './settings.ts'

/** The address, and with it where the web server listens and whether a proxy is in front. */
export function publicUrl(settings: SetupSettings, http: Http): SettingQuestion {
  return {
    ...{ name: 'PUBLIC_URL', prompt: 'Address (PUBLIC_URL)', mayWait: true },
    suggested: () => `http://127.0.0.1:${settings.environment()['PORT'] || '8888'}`,
    clean: (value) => value.replace(/(?<=[^/:])\/+$/, ''),
    async check({ web }) {
      const back = takenBack(web.publicUrl, settings)
      const { protocol, port } = new URL(web.publicUrl)
      const isDirect = protocol === 'http:' && port !== '' && !settings.isAround('PORT')
      const usual = 'PORT' in back ? 8888 : web.port
      const listens = isDirect ? Number(port) : usual
      const [finding] = await checkReach({ ...web, port: listens }, http)
      return {
        // That nothing answers before the first start is as it should be.
        finding: finding?.verdict === 'note' ? undefined : finding,
        also: {
          ...back,
          ...(listens !== usual && { PORT: port }),
          ...(protocol === 'https:' && !settings.environment()['TRUST_PROXY'] && { TRUST_PROXY: '1' }),
        },
      }
    },
  }
}

/** What an earlier answer set that would be wrong beside an address of the other kind, and nobody has changed since. */
function takenBack(publicUrl: string, settings: SetupSettings): Changes {
  const before = settings.valueOf('PUBLIC_URL')
  const kindOf = (url: string) => url.slice(0, url.indexOf(':')).toLowerCase()
  if (before === '' || kindOf(before) === kindOf(publicUrl)) return {}
  const [name, value] = kindOf(before) === 'https' ? ['TRUST_PROXY', '1'] : ['PORT', new URL(before).port]
  return settings.isAround(name) || settings.environment()[name] !== value ? {} : { [name]: undefined }
}
