import type { World } from './world.ts'

interface Named {
  readonly name: string
  readonly type: number
  readonly options?: readonly Named[]
}

/** The commands that are registered, as they are used. */
export function registered({ discord }: World): string[] {
  return (discord.commands() as unknown as Named[]).flatMap(({ name, options = [] }) => {
    const subcommands = options.filter(({ type }) => type === 1)
    return subcommands.length > 0 ? subcommands.map((one) => `${name} ${one.name}`) : name
  })
}
