export { StoreUnavailableError } from './store.ts'

/** Somebody else, in this process or another, uses the data directory. The message says what to do. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError'
}
