import type { Reply } from '../../src/command.ts'
import type { Commands, LoadedCommand } from '../../src/discord/load.ts'

/** The same commands; whatever they are used for goes through `watch`, with the interaction's id. Autocomplete does not. */
export function watched(
  commands: Commands,
  watch: (interaction: string, work: () => Promise<Reply>) => Promise<Reply>,
): Commands {
  return new Map([...commands].map(([name, command]) => [name, watchedCommand(command)]))

  function watchedCommand(command: LoadedCommand): LoadedCommand {
    const { contextMenus = {}, component } = command
    const menus = Object.entries(contextMenus).map(
      ([name, menu]) =>
        [
          name,
          { ...menu, execute: (...of: Parameters<typeof menu.execute>) => watch(of[0].id, () => menu.execute(...of)) },
        ] as const,
    )
    return {
      ...command,
      find(subcommand) {
        const found = command.find(subcommand)
        return found && { ...found, execute: (...of) => watch(of[0].id, () => found.execute(...of)) }
      },
      contextMenus: Object.fromEntries(menus),
      ...(component && { component: (...of) => watch(of[0].id, () => component.apply(command, of)) }),
    }
  }
}
