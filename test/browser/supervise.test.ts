import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Browser, launchChromium } from '../support/browser.js'
import { KilledEngine } from '../support/killed-engine.js'

let browser: Browser
let engine: KilledEngine
beforeAll(async () => {
  browser = await launchChromium()
  engine = await KilledEngine.start(browser)
})
afterAll(async () => {
  await engine?.close()
  await browser?.close()
})

// How fast is measured by `npm run reliability`.
it('a crash in native code: pages, of which one has its cookie alone, and other viewers see pictures again, by themselves', async () => {
  const { headless } = await engine.kill('SIGSEGV')
  expect(headless).toHaveLength(4)
})
