import { InvalidArgumentError, type Option } from 'commander'
import { OptionError } from '../common/errors.js'
import { checkLimit, LIMITS, type LimitOptions } from '../host/limit-options.js'
import { checkTrustProxy } from '../host/trust-proxy.js'
import { RepeatableOption } from './config/repeatable-option.js'

/** Each of the option `limits` by its name. */
export function limitOption(): Option {
  return new RepeatableOption(
    '--limit <name=value>',
    `how much may be taken, as sessions=50; may be given several times: ${Object.keys(LIMITS).join(', ')}`,
  ).argParser(parseLimit)
}

export function trustProxyOption(): Option {
  return new RepeatableOption(
    '--trust-proxy <address>',
    'believe this proxy, or network (10.0.0.0/8), where a viewer comes from (X-Forwarded-For); may be given several times',
  ).argParser(parseProxy)
}

/** @throws InvalidArgumentError */
export function parseLimit(text: string, previous: LimitOptions = {}): LimitOptions {
  const [name = '', value = '', ...rest] = text.split('=')
  if (!isLimit(name) || rest.length > 0)
    throw new InvalidArgumentError(
      `Expected NAME=VALUE, with one of the names ${Object.keys(LIMITS).join(', ')}.`,
    )
  explained(() => checkLimit(name, /^\d+(\.\d+)?$/.test(value) ? Number(value) : value))
  return { ...previous, [name]: Number(value) }
}

function parseProxy(text: string, previous: readonly string[] = []): string[] {
  explained(() => checkTrustProxy([text]))
  return [...previous, text]
}

function isLimit(name: string): name is keyof LimitOptions {
  return Object.hasOwn(LIMITS, name)
}

function explained(check: () => void): void {
  try {
    check()
  } catch (error) {
    throw error instanceof OptionError ? new InvalidArgumentError(`Expected ${error.expected}.`) : error
  }
}
