import { writeFileSync } from 'node:fs'

/** Writes all that failed in a run of vitest, as JSON into the file that HEARSAY_FAILURES names. */
export default class FailuresReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const failures = modules.flatMap((module) => [
      ...errorsOf(module.relativeModuleId, module.errors()),
      ...[...module.children.allSuites()].flatMap((suite) => errorsOf(nameOf(suite), suite.errors())),
      ...[...module.children.allTests('failed')].flatMap((test) => errorsOf(nameOf(test), test.result().errors)),
    ])
    failures.push(...errorsOf('outside of any test', unhandledErrors))
    writeFileSync(process.env['HEARSAY_FAILURES'], JSON.stringify(failures))
  }
}

function nameOf({ module, fullName }) {
  return `${module.relativeModuleId} > ${fullName}`
}

function errorsOf(name, errors) {
  return errors.map(({ message }) => ({ name, message }))
}
