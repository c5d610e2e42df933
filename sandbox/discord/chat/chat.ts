import type { FakeDiscord } from '../discord.ts'
import { isVisible, postMessage, removeMessage, viewOf } from '../state/messages.ts'
import { channelOf, isIn, localeOf, personOf, refuseDeparted } from '../state/people.ts'
import { setThread } from '../state/threads.ts'
import type { World } from '../state/world.ts'
import { changed } from '../state/world.ts'
import { dispatchPayload } from './dispatch.ts'
import { pressComponent, pressRaw } from './press.ts'
import { seenMessage } from './send.ts'
import { submitModal } from './submit.ts'
import { completeOption, useCommand } from './use.ts'

type Chat = Pick<
  FakeDiscord,
  | 'messages'
  | 'say'
  | 'forward'
  | 'use'
  | 'complete'
  | 'press'
  | 'pressRaw'
  | 'submit'
  | 'dispatch'
  | 'directs'
  | 'closeDirects'
  | 'openDirects'
  | 'conversation'
  | 'setThread'
  | 'thread'
  | 'refusePosts'
  | 'leave'
  | 'comeBack'
  | 'hasLeft'
  | 'locale'
  | 'setLocale'
  | 'stopFailing'
  | 'dismiss'
  | 'deleteMessage'
  | 'onChange'
>

/** What people do and see in the client. */
export function chatSide(world: World): Chat {
  return {
    messages: (channelId, viewerId) =>
      [...world.messages.values()]
        .filter((message) => message.channelId === channelId && isVisible(message, viewerId))
        .map(viewOf),
    say: (personId, channelId, content, embeds) =>
      viewOf(postMessage(world, speaker(world, personId, channelId), { content, embeds: [...(embeds ?? [])] })),
    forward(personId, channelId, messageId) {
      const { id, channelId: place, content, embeds, components } = seenMessage(world, personId, messageId)
      const forwarded = { id, channelId: place, content, embeds, components }
      return viewOf(postMessage(world, { ...speaker(world, personId, channelId), forwarded }, {}))
    },
    use: (personId, channelId, command, options = {}) => useCommand(world, personId, channelId, command, options),
    complete: (personId, channelId, typed, options, focused) =>
      completeOption(world, { personId, channelId, typed }, options, focused),
    press: (personId, messageId, component, values) => pressComponent(world, personId, messageId, component, values),
    pressRaw: (personId, messageId, customId) => pressRaw(world, personId, messageId, customId),
    submit: (personId, modalId, fields) => submitModal(world, personId, modalId, fields),
    dispatch: (personId, channelId, payload) => dispatchPayload(world, personId, channelId, payload),
    directs(personId) {
      const own = [...world.directs].filter(([, { id }]) => id === personId).map(([channelId]) => channelId)
      return [...world.messages.values()].filter(({ channelId }) => own.includes(channelId)).map(viewOf)
    },
    closeDirects: (personId, code = 50_007) => void world.directRefusals.set(personId, code),
    openDirects: (personId) => void world.directRefusals.delete(personId),
    conversation(personId) {
      const [id] = [...world.directs].find(([, person]) => person.id === personId) ?? []
      return id === undefined ? undefined : channelOf(world, id)
    },
    setThread: (channelId, changes) => setThread(world, channelOf(world, channelId).id, changes),
    thread: (channelId) => world.threads.get(channelId),
    refusePosts(channelId, code) {
      if (code === undefined) world.postRefusals.delete(channelId)
      else world.postRefusals.set(channelId, code)
    },
    leave(personId, guildId = world.guild.id) {
      world.left.add(`${guildId} ${personOf(world, personId).id}`)
      changed(world)
    },
    comeBack(personId, guildId = world.guild.id) {
      world.left.delete(`${guildId} ${personId}`)
      changed(world)
    },
    locale: (id) => localeOf(world, id),
    setLocale(id, locale) {
      world.locales.set(id, locale)
      changed(world)
    },
    hasLeft: (personId, guildId = world.guild.id) => !isIn(world, guildId, personId),
    stopFailing: () => void world.faults.splice(0),
    dismiss(personId, messageId) {
      const message = seenMessage(world, personId, messageId)
      if (message.viewerId !== personId) throw new Error('Only a private message can be dismissed.')
      message.dismissed = true
      changed(world)
    },
    deleteMessage: (messageId) => removeMessage(world, messageId),
    onChange(listener) {
      world.listeners.add(listener)
      return () => void world.listeners.delete(listener)
    },
  }
}

function speaker(world: World, personId: string, channelId: string) {
  const { id, displayName } = personOf(world, personId)
  refuseDeparted(world, id, channelId)
  return { channelId: channelOf(world, channelId).id, author: { id, name: displayName, bot: false } }
}
