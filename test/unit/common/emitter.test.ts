import { afterEach, describe, expect, it } from 'vitest'
import { Emitter } from '../../../src/common/emitter.js'

class Bell extends Emitter<{ ring: [times: number] }> {
  ring(times: number): boolean {
    return this.emit('ring', times)
  }
}

const uncaught = process.listeners('uncaughtException')
afterEach(() => {
  process.removeAllListeners('uncaughtException')
  for (const listener of uncaught) process.on('uncaughtException', listener)
})

describe('Emitter', () => {
  it('calls every listener with the arguments, in order, until it is removed', () => {
    const bell = new Bell()
    const heard: string[] = []
    const remove = bell.on('ring', (times) => heard.push(`a${times}`))
    bell.once('ring', (times) => heard.push(`b${times}`))
    expect(bell.ring(1)).toBe(true)
    bell.ring(2)
    remove()
    expect(bell.ring(3)).toBe(false)
    expect(heard).toEqual(['a1', 'b1', 'a2'])
  })

  it('calls the others when one throws, and reports the exception', async () => {
    process.removeAllListeners('uncaughtException')
    const reported = new Promise((resolve) => process.once('uncaughtException', resolve))
    const bell = new Bell()
    const heard: number[] = []
    bell.on('ring', () => {
      throw new Error('listener')
    })
    bell.on('ring', (times) => heard.push(times))
    bell.ring(1)
    expect(heard).toEqual([1])
    expect(await reported).toMatchObject({ message: 'listener' })
  })

  it('refuses a listener that is none at once, not when the event comes', () => {
    expect(() => new Bell().on('ring', undefined as never)).toThrow(
      /listener: expected a function, got undefined/,
    )
  })
})
