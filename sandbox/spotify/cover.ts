import { generator, hashOf, pick } from '../songs/random.ts'
import type { Random } from '../songs/random.ts'

type Palette = readonly [ground: string, first: string, second: string, third: string]

const palettes: readonly Palette[] = [
  ['#f2e3c6', '#d1495b', '#00798c', '#30638e'],
  ['#14213d', '#fca311', '#e5e5e5', '#9b2226'],
  ['#fefae0', '#606c38', '#dda15e', '#283618'],
  ['#2b2d42', '#ef233c', '#8d99ae', '#edf2f4'],
  ['#ffe5d9', '#6d597a', '#e56b6f', '#355070'],
  ['#0b3c49', '#f4d58d', '#bf0603', '#708d81'],
  ['#e0fbfc', '#3d5a80', '#ee6c4d', '#293241'],
  ['#3c1642', '#affc41', '#1dd3b0', '#f2f2f2'],
  ['#f7d6e0', '#b2436e', '#f2b5d4', '#5f0f40'],
  ['#edede9', '#22223b', '#c9ada7', '#9a8c98'],
  ['#ffcb47', '#1b1b1e', '#d64933', '#fffaf0'],
  ['#1f2421', '#49a078', '#dce1de', '#e07a5f'],
]

/** A flat, geometric album cover as SVG, the same one for the same seed. `size` in pixels. */
export function coverImage(seed: string, size: number): string {
  const random = generator(hashOf(seed))
  const palette = pick(random, palettes)
  const draw = pick(random, [rings, sun, tiles, stripes, hills, petals, steps])
  const frame = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="${size}" height="${size}"`
  return `<svg ${frame}><path fill="${palette[0]}" d="M0 0h120v120H0z"/>${draw(random, palette)}</svg>`
}

function rings(random: Random, [ground, ...colors]: Palette): string {
  const x = between(random, 20, 100)
  const y = between(random, 20, 100)
  const radii = [72, 58, 44, 30, 16]
  return radii.map((radius, at) => circle(x, y, radius, at % 2 ? ground : pick(random, colors))).join('')
}

function sun(random: Random, [, first, second, third]: Palette): string {
  const line = between(random, 62, 84)
  const bars = [0, 1, 2, 3].map((at) => rectangle(0, line + at * 11, 120, 3 + at, third)).join('')
  return (
    circle(between(random, 40, 80), line, between(random, 24, 40), first) + rectangle(0, line, 120, 60, second) + bars
  )
}

function tiles(random: Random, [, ...colors]: Palette): string {
  const quarters = [
    'M0 0h30A30 30 0 0 1 0 30z',
    'M30 0v30A30 30 0 0 1 0 0z',
    'M30 30H0A30 30 0 0 1 30 0z',
    'M0 30V0A30 30 0 0 1 30 30z',
  ]
  return Array.from({ length: 16 }, (_, at) => {
    const place = `translate(${(at % 4) * 30} ${Math.floor(at / 4) * 30})`
    return `<path transform="${place}" fill="${pick(random, colors)}" d="${pick(random, quarters)}"/>`
  }).join('')
}

function stripes(random: Random, [, ...colors]: Palette): string {
  const angle = pick(random, [-45, -20, 0, 30, 45, 90])
  const bars = Array.from({ length: 9 }, (_, at) => {
    const width = between(random, 4, 18)
    return rectangle(-40 + at * 22, -60, width, 240, colors[at % 3] ?? '')
  })
  return `<g transform="rotate(${angle} 60 60)">${bars.join('')}</g>${circle(60, 60, between(random, 14, 30), pick(random, colors))}`
}

function hills(random: Random, [, first, second, third]: Palette): string {
  const hill = (top: number, color: string) => {
    const [one, other] = [between(random, -30, 30), between(random, -30, 30)]
    return `<path fill="${color}" d="M0 ${top}C40 ${top + one} 80 ${top + other} 120 ${top}V120H0z"/>`
  }
  const moon = circle(between(random, 24, 96), between(random, 20, 38), between(random, 8, 16), first)
  return moon + hill(62, second) + hill(80, third) + hill(100, first)
}

function petals(random: Random, [, first, second, third]: Palette): string {
  const count = between(random, 5, 12)
  const length = between(random, 34, 52)
  const leaves = Array.from({ length: count }, (_, at) => {
    const turn = Math.round((at * 360) / count)
    const color = at % 2 ? first : second
    return `<ellipse cx="60" cy="${60 - length / 2}" rx="9" ry="${length / 2}" fill="${color}" transform="rotate(${turn} 60 60)"/>`
  })
  return leaves.join('') + circle(60, 60, between(random, 8, 14), third)
}

function steps(random: Random, [, ...colors]: Palette): string {
  const width = pick(random, [12, 15, 20])
  const bars = Array.from({ length: 120 / width }, (_, at) => {
    const height = between(random, 12, 104)
    return rectangle(at * width, 120 - height, width, height, colors[at % 3] ?? '')
  })
  return bars.join('')
}

function circle(x: number, y: number, radius: number, color: string): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${color}"/>`
}

function rectangle(x: number, y: number, width: number, height: number, color: string): string {
  return `<path fill="${color}" d="M${x} ${y}h${width}v${height}h${-width}z"/>`
}

function between(random: Random, least: number, most: number): number {
  return Math.round(least + random() * (most - least))
}
