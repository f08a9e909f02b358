import { CliError } from '../../errors.js'
import { nameFromAddress } from '../names.js'

/** The address of a camera: with its password for whoever opens it, without for everyone else. */
export interface CameraAddress {
  readonly url: URL
  /** As it was given. */
  readonly text: string
  /** As it was given, without the password; for the terminal. */
  readonly shown: string
  /** A track name that fits it. */
  readonly name: string
}

/** @throws CliError naming what is wrong with it */
export function parseCameraAddress(text: string): CameraAddress {
  const shown = text.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1***@')
  let url: URL
  try {
    url = new URL(text)
  } catch (error) {
    const scheme = text.slice(0, text.indexOf('://'))
    throw new CliError(`${shown}: expected an address such as ${scheme}://camera/stream`, undefined, {
      cause: error,
    })
  }
  if (url.hostname === '') throw new CliError(`${shown}: expected the name of a host in the address`)
  return { url, text, shown, name: nameFromAddress(url) }
}

/** The address without user and password, and the header that says them (RFC 7617). */
export function withoutCredentials({ url }: CameraAddress): { url: URL; authorization: string | undefined } {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  if (url.username === '' && url.password === '') return { url: bare, authorization: undefined }
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { url: bare, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
