import { OptionError, show } from '../common/errors.js'

/** @throws OptionError naming the field */
export function check(good: boolean, field: string, expected: string, actual: unknown): void {
  if (!good) throw new OptionError({ field, expected, actual: show(actual) })
}

export function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

export function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}
