import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blocksFor, pageSize, positionOf } from '../../src/library/page.ts'
import { runs } from '../world/runs.ts'

const blockSize = 50

describe('where a page lies', () => {
  const places: [string, [number, number, number], Partial<ReturnType<typeof positionOf>>][] = [
    ['the first of many', [0, 3120, 0], { page: 1, pages: 312, next: 10, from: 0, to: 10 }],
    ['one in the middle', [1990, 3120, 0], { page: 200, next: 2000, from: 1990, to: 2000 }],
    ['the last, which is full', [3110, 3120, 0], { page: 312, next: 3110, from: 3110, to: 3120 }],
    ['the last, which is not', [3120, 3121, 0], { page: 313, next: 3120, from: 3120, to: 3121 }],
    ['an empty list', [0, 0, 0], { page: 1, pages: 1, next: 0, from: 0, to: 0 }],
    ['one song', [0, 1, 0], { page: 1, pages: 1, from: 0, to: 1 }],
    ['ten songs', [0, 10, 0], { page: 1, pages: 1, next: 0, to: 10 }],
    ['eleven songs', [10, 11, 0], { page: 2, pages: 2, from: 10, to: 11 }],
    ['an offset within a page', [17, 42, 0], { offset: 10, page: 2, from: 10, to: 20 }],
    ['beyond the end', [9_999_990, 42, 0], { offset: 40, page: 5, from: 40, to: 42 }],
    ['before the beginning', [-1, 42, 0], { offset: 0, page: 1 }],
    ['NaN', [Number.NaN, 42, 0], { offset: 0, page: 1 }],
    ['Infinity', [Infinity, 42, 0], { offset: 40, page: 5, to: 42 }],
    ['-Infinity', [-Infinity, 42, 0], { offset: 0, page: 1 }],
    ['a fraction', [19.9, 42, 0], { offset: 10, page: 2 }],
    ['two newer songs before it', [10, 44, 2], { offset: 10, page: 2, pages: 5, next: 20, from: 12, to: 22 }],
    ['newer songs and the last page', [40, 45, 3], { page: 5, pages: 5, from: 43, to: 45 }],
    ['three songs gone before it', [10, 39, -3], { offset: 10, page: 2, pages: 5, from: 7, to: 17 }],
    ['three songs gone from the first page', [0, 39, -3], { offset: 0, page: 1, from: 0, to: 7 }],
    ['all songs gone before the second page', [0, 30, -12], { offset: 10, page: 2, pages: 5, from: 0, to: 8 }],
    ['as many newer songs as there are', [0, 5, 5], { page: 1, pages: 1, from: 5, to: 5 }],
    ['more newer songs than there are', [0, 3, 200], { page: 1, pages: 1 }],
  ]
  test.each(places)('%s', (_, [wanted, total, newer], expected) => {
    expect(positionOf(wanted, total, newer)).toMatchObject(expected)
  })

  const totals = fc.oneof(fc.nat(60), fc.nat(40_000), fc.nat(9_999_999))
  const wanted = fc.oneof(fc.integer(), fc.double(), fc.nat(100))

  test('every song of the list as it was is on exactly one page, one after another', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(60), (songs, newer) => {
        const seen: number[] = []
        let found = positionOf(0, songs + newer, newer)
        for (let page = 1; page <= found.pages; page += 1) {
          expect([found.page, found.offset]).toEqual([page, (page - 1) * pageSize])
          for (let index = found.from; index < found.to; index += 1) seen.push(index)
          found = positionOf(found.next, songs + newer, newer)
        }
        expect(seen).toEqual(Array.from({ length: songs }, (_, index) => index + newer))
      }),
    )
  })

  test('whatever numbers come in, the page lies in the list, and so do its neighbours', () => {
    fc.assert(
      fc.property(wanted, totals, totals, (offset, total, newer) => {
        const found = positionOf(offset, total, newer)
        expect(Object.values(found).every((number: number) => Number.isSafeInteger(number) && number >= 0)).toBe(true)
        expect(found.page >= 1 && found.page <= found.pages).toBe(true)
        expect(found.to - found.from).toBeLessThanOrEqual(pageSize)
        expect(found.to <= total && (found.from <= found.to || newer > total)).toBe(true)
        expect(positionOf(found.next, total, newer).offset).toBe(found.next)
      }),
      { numRuns: runs(1000) },
    )
  })

  test('songs that are removed before it pull a page along, and its songs stay', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.integer({ min: 1, max: 5000 }), fc.nat(200), (offset, total, gone) => {
        fc.pre(gone < total)
        const before = positionOf(offset, total, 0)
        const { from, to } = positionOf(offset, total - gone, -gone)
        if (before.to <= gone) return
        expect([from, to]).toEqual([Math.max(before.from - gone, 0), before.to - gone])
      }),
    )
  })

  test('songs that are liked later push a page along, and its songs stay', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), fc.nat(200), (offset, total, newer) => {
        const before = positionOf(offset, total, 0)
        expect(positionOf(offset, total + newer, newer)).toEqual({
          ...before,
          from: before.from + newer,
          to: before.to + newer,
        })
      }),
    )
  })
})

describe('which blocks hold a page', () => {
  test.each([
    [0, 10, [0]],
    [40, 50, [0]],
    [45, 55, [0, 50]],
    [50, 60, [50]],
    [49, 50, [0]],
    [0, 0, [0]],
    [99, 101, [50, 100]],
    [39_990, 40_000, [39_950]],
  ])('from %i to %i', (from, to, blocks) => {
    expect(blocksFor(from, to, blockSize)).toEqual(blocks)
  })

  test('every song of the page is in exactly one of them, and none is asked for in vain', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: pageSize }),
        fc.integer({ min: pageSize, max: 50 }),
        (from, songs, size) => {
          const blocks = blocksFor(from, from + songs, size)
          const holding = (index: number) => blocks.filter((block) => block <= index && index < block + size)
          for (let index = from; index < from + songs; index += 1) expect(holding(index)).toHaveLength(1)
          for (const block of blocks) {
            expect(block % size).toBe(0)
            expect(block + size > from && block < from + songs).toBe(true)
          }
        },
      ),
    )
  })

  test('a page costs two requests at most', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double()), fc.nat(9_999_999), fc.nat(9_999_999), (offset, total, newer) => {
        const { from, to } = positionOf(offset, total, newer)
        expect(blocksFor(from, to, blockSize).length).toBeLessThanOrEqual(2)
      }),
    )
  })
})
