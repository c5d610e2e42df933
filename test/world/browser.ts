export * from '../../sandbox/browser.ts'
