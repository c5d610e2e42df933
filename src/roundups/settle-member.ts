import type { Store } from '../store/store.ts'

/** Has a set name a member as long as something holds, until the two agree: each change of it comes here afterwards. */
export async function settleMember(
  store: Pick<Store, 'add' | 'remove'>,
  set: string,
  member: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  let isIn = await holds()
  for (;;) {
    await (isIn ? store.add(set, member) : store.remove(set, member))
    const was = isIn
    isIn = await holds()
    if (isIn === was) return
  }
}
