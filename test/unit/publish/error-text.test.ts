import { describe, expect, it } from 'vitest'
import { errorText } from '../../../src/publish/error-text.js'

describe('the sentence in an error answer', () => {
  it.each([
    ['application/problem+json', '{"title":"No","detail":"the room is full"}', 'the room is full'],
    ['application/json', '{"errors":[{"code":1,"message":"bad key"}]}', 'bad key'],
    ['text/plain', '{"error":"sent under another name"}', 'sent under another name'],
    ['application/json', 'not JSON at all', 'not JSON at all'],
    ['text/html', '<html><script>alert(1)</script><h1>Bad  gateway</h1></html>', 'Bad gateway'],
    [null, 'plain', 'plain'],
    ['image/png', 'bytes', ''],
    ['application/json', '{"code":5}', '{"code":5}'],
    ['application/json', '', ''],
  ])('%s: %s', (type, body, sentence) => expect(errorText(type, body)).toBe(sentence))

  it('cannot do anything to a terminal, and is not long', () => {
    const text = errorText('text/plain', `\u001b[2J\u202e${'x\r\n'.repeat(1000)}`)
    expect(text).toMatch(/^\[2J x x [ x]+…$/)
    expect(text).toHaveLength(300)
  })
})
