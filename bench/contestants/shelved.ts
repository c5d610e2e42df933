import { weighLibraries } from './shelves.ts'

const { bounded } = JSON.parse(process.argv[2] ?? '{}') as { bounded: boolean }
process.send?.(await weighLibraries(100, bounded ? undefined : Number.MAX_SAFE_INTEGER))
