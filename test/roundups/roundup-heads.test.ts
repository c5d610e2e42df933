import { expect, test } from 'vitest'
import { createRoundupHeads } from '../../src/roundups/roundup-heads.ts'
import { modelStore } from '../store/model.ts'

const server = '197038439483310086'
const notice = { nonce: 'a', person: 'x', about: 'paused', channel: '1', message: null, tries: 0, ends: 9e15 } as const

test('a wish that is noted while another process puts the index right is found by the next look', async () => {
  const store = modelStore(() => 1_000)
  const other = createRoundupHeads(store, () => 1_000)
  await other.change(server, () => ({ uses: [1_000] }))
  const crossing = {
    ...store,
    compareAndSet: async (...of: Parameters<typeof store.compareAndSet>) => {
      await other.repairIndex(server)
      return store.compareAndSet(...of)
    },
  }
  await createRoundupHeads(crossing, () => 1_000).change(server, () => ({ notices: [{ ...notice, due: 1_000 }] }))
  expect(await store.due('removals', 1_000, 10)).toEqual([server])
})
