import type { Browser as ChromiumBrowser, Page as ChromiumPage } from 'playwright-core'
import type { Browser as FirefoxBrowser, Page as FirefoxPage, KeyInput } from 'puppeteer-core'
import { findBrowser } from '../../scripts/ensure-browsers.mjs'
import { OTHER_NAME, PAGE_TEST } from './own-network.js'

export type BrowserName = 'chromium' | 'firefox'
export const BROWSERS: readonly BrowserName[] = ['chromium', 'firefox']

/** What the tests use of a browser: the same few words for both. */
export interface Browser {
  readonly name: BrowserName
  readonly version: string
  open(url: string): Promise<Page>
  close(): Promise<void>
}

/** Which button of a mouse. */
export type MouseButton = 'left' | 'middle' | 'right'

export interface Page {
  /** The real mouse of the browser, as the driver moves it; CSS pixels of the window. */
  readonly mouse: {
    move(x: number, y: number): Promise<void>
    down(button?: MouseButton): Promise<void>
    up(button?: MouseButton): Promise<void>
    wheel(dx: number, dy: number): Promise<void>
    doubleClick(x: number, y: number): Promise<void>
  }
  /** The real keyboard; keys are named as `KeyboardEvent.key` has them. */
  readonly keyboard: {
    down(key: string): Promise<void>
    up(key: string): Promise<void>
    press(key: string): Promise<void>
  }
  /**
   * Evaluates browser code given as text: an expression, or, with an argument, a function expression
   * that is called with it (JSON). A promise is awaited; the result has to be JSON.
   */
  evaluate<T>(source: string, argument?: unknown): Promise<T>
  reload(): Promise<void>
  /** Goes to another address in the same tab. */
  goto(url: string): Promise<void>
  /** Firefox moves the mouse only over the tab that is shown, which is the one that was opened last. */
  bringToFront(): Promise<void>
  screenshot(path: string): Promise<void>
  /** What the page wrote to its console and the exceptions nobody caught, for a failing test to show. */
  readonly log: readonly string[]
  close(): Promise<void>
}

export function launch(name: BrowserName): Promise<Browser> {
  return name === 'chromium' ? launchChromium() : launchFirefox()
}

function executable(name: BrowserName): string {
  const path = findBrowser(name)
  if (!path) throw new Error(`${name} is not installed: run \`node scripts/ensure-browsers.mjs\``)
  return path
}

/** Debian's Chromium as a user has it, but headless and without traffic of its own. */
export async function launchChromium(...more: string[]): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({
    executablePath: executable('chromium'),
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      `--host-resolver-rules=MAP ${OTHER_NAME} 127.0.0.1`,
      ...more,
    ],
  })
  return {
    name: 'chromium',
    version: browser.version(),
    open: async (url) => chromiumPage(browser, url),
    close: () => browser.close(),
  }
}

async function chromiumPage(browser: ChromiumBrowser, url: string): Promise<Page> {
  const context = await browser.newContext()
  const page: ChromiumPage = await context.newPage()
  const log: string[] = []
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => log.push(`uncaught: ${error.message}`))
  await page.goto(url)
  return {
    evaluate: <T>(source: string, argument?: unknown) => page.evaluate(call(source, argument)) as Promise<T>,
    mouse: {
      move: (x, y) => page.mouse.move(x, y),
      down: (button = 'left') => page.mouse.down({ button }),
      up: (button = 'left') => page.mouse.up({ button }),
      wheel: (dx, dy) => page.mouse.wheel(dx, dy),
      doubleClick: (x, y) => page.mouse.dblclick(x, y),
    },
    keyboard: page.keyboard,
    reload: async () => void (await page.reload()),
    goto: async (url) => void (await page.goto(url)),
    bringToFront: () => page.bringToFront(),
    screenshot: async (path) => void (await page.screenshot({ path })),
    log,
    close: () => context.close(),
  }
}

/**
 * What Firefox needs for media on 127.0.0.1: it offers no loopback candidates of its own, does not pair
 * a host candidate with a loopback one, and refuses ICE checks to loopback peers ("Peer address is
 * bogus", nICEr's stun_client_ctx.c). With the check allowed and its address in the offer, the server's
 * own checks arrive as peer-reflexive ones and a pair comes to be.
 */
const LOOPBACK_MEDIA = {
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'network.dns.localDomains': OTHER_NAME,
}

/** The browser for the tests of the pages (see own-network.ts). */
export function launchForPages(): Promise<Browser> {
  return PAGE_TEST.isStock ? launchFirefox({}) : launchChromium()
}

/** Firefox ESR over WebDriver BiDi, with preferences that stock-firefox.test.ts shows users do not need. */
export async function launchFirefox(preferences: Record<string, unknown> = LOOPBACK_MEDIA): Promise<Browser> {
  const { launch: start } = await import('puppeteer-core')
  const browser = await start({
    browser: 'firefox',
    protocol: 'webDriverBiDi',
    executablePath: executable('firefox'),
    headless: true,
    defaultViewport: { width: 1280, height: 900 },
    extraPrefsFirefox: preferences,
  })
  return {
    name: 'firefox',
    version: await browser.version(),
    open: async (url) => firefoxPage(browser, url),
    close: () => browser.close(),
  }
}

async function firefoxPage(browser: FirefoxBrowser, url: string): Promise<Page> {
  const context = await browser.createBrowserContext()
  const page: FirefoxPage = await context.newPage()
  const log: string[] = []
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => log.push(`uncaught: ${error instanceof Error ? error.message : error}`))
  await page.goto(url)
  return {
    evaluate: <T>(source: string, argument?: unknown) => page.evaluate(call(source, argument)) as Promise<T>,
    mouse: {
      move: (x, y) => page.mouse.move(x, y),
      down: (button = 'left') => page.mouse.down({ button }),
      up: (button = 'left') => page.mouse.up({ button }),
      wheel: (deltaX, deltaY) => page.mouse.wheel({ deltaX, deltaY }),
      doubleClick: (x, y) => page.mouse.click(x, y, { count: 2 }),
    },
    keyboard: {
      down: (key) => page.keyboard.down(key as KeyInput),
      up: (key) => page.keyboard.up(key as KeyInput),
      press: (key) => page.keyboard.press(key as KeyInput),
    },
    reload: async () => void (await page.reload()),
    goto: async (url) => void (await page.goto(url)),
    bringToFront: () => page.bringToFront(),
    screenshot: async (path) => void (await page.screenshot({ path: path as `${string}.png` })),
    log,
    close: () => context.close(),
  }
}

function call(source: string, argument: unknown): string {
  return argument === undefined ? source : `(${source})(${JSON.stringify(argument)})`
}
