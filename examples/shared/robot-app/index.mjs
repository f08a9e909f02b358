// What the robot's app is made of, whichever web server it has: express/, fastify/ and hono/ put it together.
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Accounts } from './accounts.mjs'

export { serveTelemetry } from './telemetry.mjs'

/** The folder with the app's pages. */
export const PAGES = fileURLToPath(new URL('./pages/', import.meta.url))

/** Accounts with the password of the environment, or one that is made up. */
export function createAccounts() {
  const password = process.env.PASSWORD ?? randomBytes(4).toString('hex')
  return { accounts: new Accounts(password), password }
}
