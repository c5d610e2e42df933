import { expect } from 'vitest'
import { examine } from '../../src/doctor/doctor.ts'
import { lineOf, type Finding } from '../../src/doctor/finding.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the doctor finds in this environment. Fails the test where it says a secret. */
export async function visit(environment: Environment, now = Date.now): Promise<Finding[]> {
  const findings: Finding[] = []
  for await (const finding of examine(environment, now)) findings.push(finding)
  expectNoSecret(environment, findings.map(lineOf).join('\n'))
  return findings
}

/** Only what is wrong, as lines. */
export async function complaints(environment: Environment, now = Date.now): Promise<string[]> {
  const findings = await visit(environment, now)
  return findings.filter(({ verdict }) => verdict === 'wrong').map(({ about, says }) => `${about}: ${says}`)
}

export function expectNoSecret(environment: Environment, said: string): void {
  const secret = Object.entries(environment).filter(([name]) => /TOKEN|SECRET|KEYS/.test(name))
  const parts = secret.flatMap(([, value = '']) => value.split(/[,:]/)).filter((part) => part.length > 5)
  expect(parts.filter((part) => said.includes(part))).toEqual([])
}
