import { describe, expect, it } from 'vitest'
import { Rights } from '../../../src/engine/rights.js'

describe('Rights', () => {
  it.each([
    ['nobody', []],
    ['anyone', ['a', 'b', 'c']],
    ['first', ['a']],
    ['token', []],
  ] as const)('of %s', (rule, holders) => {
    const rights = new Rights<string>(rule)
    for (const viewer of ['a', 'b', 'c']) rights.join(viewer, undefined)
    expect(rights.holders).toEqual(holders)
    expect(rights.has('stranger')).toBe(false)
  })

  it.each(['nobody', 'anyone', 'first', 'token'] as const)('%s is overruled for one viewer', (rule) => {
    const rights = new Rights<string>(rule)
    rights.join('no', false)
    rights.join('yes', true)
    expect(rights.holders).toEqual(['yes'])
    rights.leave('yes')
    expect(rights.holders).toEqual([])
  })

  it('passes from the first on to the next in order of arrival', () => {
    const rights = new Rights<string>('first')
    for (const viewer of ['a', 'b', 'c', 'd']) rights.join(viewer, viewer === 'b' ? false : undefined)
    expect(rights.leave('c')).toBeUndefined()
    expect(rights.leave('a')).toBe('d')
    rights.join('a', undefined)
    expect(rights.holders).toEqual(['d'])
    expect(rights.leave('d')).toBe('a')
    expect(rights.leave('a')).toBeUndefined()
    expect(rights.leave('a')).toBeUndefined()
  })

  it('gives the right of a viewer that was ruled on to nobody', () => {
    const rights = new Rights<string>('first')
    rights.join('chosen', true)
    rights.join('a', undefined)
    expect(rights.holders).toEqual(['chosen', 'a'])
    expect(rights.leave('chosen')).toBeUndefined()
  })
})
