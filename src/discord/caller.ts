import { CDN, calculateUserDefaultAvatarIndex } from '@discordjs/rest'
import type { APIUser } from 'discord-api-types/v10'
import type { Caller, Member } from '../command.ts'

/** A person as Discord names them in an interaction. */
export function readCaller({ id, username, global_name: globalName, avatar }: APIUser): Caller {
  return {
    id,
    displayName: typeof globalName === 'string' ? globalName : username,
    displayAvatarURL() {
      const cdn = new CDN()
      return avatar ? cdn.avatar(id, avatar) : cdn.defaultAvatar(calculateUserDefaultAvatarIndex(id))
    },
  }
}

export function readMember(user: APIUser): Member {
  return { ...readCaller(user), bot: user.bot ?? false }
}
